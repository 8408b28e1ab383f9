"""Check that the layers of a catalog fit together, before any of them is used."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from dlscaffold.errors import LayerError
from dlscaffold.layers.catalog import Catalog
from dlscaffold.layers.choices import MANIFEST, names_in
from dlscaffold.layers.layer import Layer
from dlscaffold.layers.roots import KINDS


def check(catalog: Catalog) -> None:
    """Raise LayerError, naming file, key and fix, for the first fault in a manifest."""
    above = [root / kind for root in catalog.roots for kind in KINDS]
    for folder in sorted(one for kind in above for one in kind.glob("*/")):
        if folder.is_dir() and not (folder / MANIFEST).is_file():
            raise LayerError(f"{folder} has no {MANIFEST}; add one with a title.")
    for layer in all_layers(catalog):
        file = layer.path / MANIFEST
        for key in ("includes", "fits", "requires"):
            _check_labels(catalog, file, key, layer.manifest.get(key, []))
        _check_formats(catalog, file, "consumes", layer.manifest.get("consumes", []))
    for framework in (*catalog.frameworks(), *catalog.models()):
        labels = [backend.label for backend in framework.backends]
        _check_labels(catalog, framework.path / MANIFEST, "backends", labels)
        for exporter in framework.backends or [framework]:
            if not exporter.exports:
                fix = "add exports/FORMAT with convert.py"
                raise LayerError(f"{exporter.path} exports nothing; {fix}.")
            _check_formats(catalog, exporter.path, "exports", exporter.exports)


def all_layers(catalog: Catalog) -> Iterator[Layer]:
    """Yield every layer, with those inside of others."""
    for root in catalog.roots:
        for kind in KINDS:
            for name in names_in(str(root), kind):
                for folder, _, files in os.walk(root / kind / name):
                    if MANIFEST in files:
                        yield Layer(root, Path(folder).relative_to(root).as_posix())


def _check_formats(
    catalog: Catalog, file: Path, key: str, names: Iterable[str]
) -> None:
    _check_labels(catalog, file, key, [f"formats/{name}" for name in names])


def _check_labels(
    catalog: Catalog, file: Path, key: str, labels: Iterable[str]
) -> None:
    for label in labels:
        if not catalog.has(label):
            known = ", ".join(catalog.names(label.rpartition("/")[0])) or "none"
            raise LayerError(
                f"{file}: `{key}` names {label}, but there is no such layer; correct "
                f"the name (known: {known}), or add the layer."
            )
