"""The layers there are, read from `templates/`, and which of them fit together.

A framework exports model formats, a target consumes them, and the two fit when they
share one. That is the only rule; no pair is listed anywhere.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dlscaffold.errors import UsageError
from dlscaffold.layers.choices import MANIFEST, layer_names, templates_folder

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def templates_root() -> Path:
    """Return the folder of layers."""
    return Path(templates_folder())


@cache
def _read_manifest(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}


@cache
def _folders_in(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.name for path in folder.iterdir() if path.is_dir()))


@dataclass(frozen=True)
class Layer:
    """One folder of template files, with what its manifest says of it."""

    path: Path

    @property
    def name(self) -> str:
        """The folder's name, which is also the word for it on the command line."""
        return self.path.name

    @property
    def label(self) -> str:
        """The folder's path below `templates/`, with slashes on every system."""
        return self.path.relative_to(templates_root()).as_posix()

    @property
    def manifest(self) -> dict[str, Any]:
        """The parsed manifest; empty where the layer has none."""
        return _read_manifest(self.path / MANIFEST)

    @property
    def title(self) -> str:
        """The name in prose, such as `TensorFlow Serving`."""
        return str(self.manifest.get("title", self.name))

    @property
    def includes(self) -> list[Layer]:
        """The shared layers that this one builds on."""
        root = templates_root()
        return [Layer(root / label) for label in self.manifest.get("includes", [])]

    def additions(self, others: Iterable[Layer]) -> list[Layer]:
        """What this layer adds in a project that has those others too."""
        folders = (self.path / "with" / other.name for other in others)
        return [Layer(folder) for folder in folders if folder.is_dir()]


@dataclass(frozen=True)
class Exporter(Layer):
    """A layer that writes formats; each folder below `exports/` is one of them."""

    @property
    def exports(self) -> list[str]:
        """The formats that this layer can write."""
        return list(_folders_in(self.path / "exports"))

    def export_layer(self, format_name: str) -> Layer:
        """Return the layer that writes this format."""
        return Layer(self.path / "exports" / format_name)


@dataclass(frozen=True)
class Framework(Exporter):
    """A framework, or what loads a kind of given model.

    Where it has backends, they do the exporting.
    """

    @property
    def topic(self) -> str | None:
        """The framework that it is, or that such models are trained in, if one."""
        found = self.manifest.get("framework", None if self.is_given else self.name)
        return None if found is None else str(found)

    @property
    def is_given(self) -> bool:
        """Whether it loads models that are given, instead of training one."""
        return self.path.parent.name == "models"

    @property
    def backends(self) -> list[Exporter]:
        """What it can compute on, the preferred first; empty where that is fixed."""
        names = self.manifest.get("backends", [])
        return [Exporter(self.path / "backends" / name) for name in names]

    @property
    def exports(self) -> list[str]:
        """The formats that this framework can write, on whichever backend."""
        if not self.backends:
            return super().exports
        return sorted({name for backend in self.backends for name in backend.exports})


@dataclass(frozen=True)
class Target(Layer):
    """A deployment target layer."""

    @property
    def consumes(self) -> list[str]:
        """The formats that this target loads, the preferred one first."""
        return list(self.manifest["consumes"])

    @property
    def takes_strings(self) -> bool:
        """Whether a model may take and give strings there."""
        return bool(self.manifest.get("strings", False))


@dataclass(frozen=True)
class Cell:
    """One legal combination: a framework, a target and the format that joins them.

    Where the framework has backends, one of them is chosen.
    """

    framework: Framework
    target: Target
    format: Layer
    backend: Exporter | None = None
    extras: tuple[Layer, ...] = ()

    @property
    def backend_name(self) -> str | None:
        """The backend's name, if the framework has backends."""
        return self.backend.name if self.backend else None

    @property
    def special_backend(self) -> Exporter | None:
        """The backend, if it is another one than the framework prefers."""
        return self.backend if self.backend not in self.framework.backends[:1] else None

    @property
    def name(self) -> str:
        """A short name for messages and test ids."""
        special = [self.special_backend] if self.special_backend else []
        parts = [self.framework, *special, self.target, self.format, *self.extras]
        name = "-".join(part.name for part in parts)
        return f"given-{name}" if self.framework.is_given else name

    @property
    def framework_title(self) -> str:
        """The framework in prose, with its backend if that is not the preferred one."""
        return title_on(self.framework, self.special_backend)

    def layers(self, license_name: str) -> list[Layer]:
        """Return the layers to compose, from the most general to the most special."""
        exporter = self.backend or self.framework
        export = exporter.export_layer(self.format.name)
        own = [self.framework, export, self.format, self.target]
        own += [self.backend] if self.backend else []
        shared = list({s.label: s for base in own for s in base.includes}.values())
        shared += self.extras
        root = templates_root()
        licenses = [Layer(root / "licenses" / license_name)]
        layers = [Layer(root / "common"), *licenses, *shared, *own]
        return [*layers, *(extra for one in layers for extra in one.additions(shared))]


def frameworks() -> list[Framework]:
    """Return every framework layer, by name."""
    return [find_framework(name) for name in layer_names("frameworks")]


def find_framework(name: str) -> Framework:
    """Return the framework layer of this name."""
    return Framework(templates_root() / "frameworks" / name)


def targets() -> list[Target]:
    """Return every target layer, by name."""
    root = templates_root() / "targets"
    return [Target(root / name) for name in layer_names("targets")]


def origin(name: str) -> Framework:
    """Return the layer that loads a kind of given model, and what it exports."""
    return Framework(templates_root() / "models" / name)


def shared_formats(exporter: Exporter, target: Target) -> list[str]:
    """Return the formats that join the two, in the target's order of preference."""
    return [name for name in target.consumes if name in exporter.exports]


def cells() -> Iterator[Cell]:
    """Yield every legal combination, each with every format that joins it."""
    for framework in frameworks():
        for target in targets():
            yield from cells_of(framework, target)


def cells_of(framework: Framework, target: Target) -> Iterator[Cell]:
    """Yield the legal combinations of a pair, the preferred one first."""
    backends: Sequence[Exporter | None] = framework.backends or [None]
    for backend in backends:
        for name in shared_formats(backend or framework, target):
            yield Cell(framework, target, format_layer(name), backend)


def format_layer(name: str) -> Layer:
    """Return the layer that loads this format."""
    return Layer(templates_root() / "formats" / name)


def find_cell(
    framework_name: str,
    target_name: str,
    format_name: str | None,
    backend_name: str | None = None,
) -> Cell:
    """Return the legal combination of these names, of several the preferred one.

    Raises UsageError, with what would fit, where there is none.
    """
    framework = find_framework(framework_name)
    target = Target(templates_root() / "targets" / target_name)
    backend = find_backend(framework, backend_name)
    if not shared_formats(framework, target):
        raise UsageError(why_not(framework, target))
    if backend and not shared_formats(backend, target):
        raise UsageError(why_not_on(backend, framework, target))
    cells = cells_of(framework, target)
    legal = [cell for cell in cells if backend in (None, cell.backend)]
    for cell in legal:
        if format_name in (None, cell.format.name):
            return cell
    shared = dict.fromkeys(cell.format.name for cell in legal)
    raise UsageError(
        f"{title_on(framework, backend)} with {target.title} cannot use the format "
        f"{format_name}; use --format {' or --format '.join(shared)}."
    )


def find_backend(framework: Framework, name: str | None) -> Exporter | None:
    """Return the framework's backend of that name, None for none.

    Raises UsageError if it has no such backend.
    """
    if name is None:
        return None
    for backend in framework.backends:
        if backend.name == name:
            return backend
    known = " or ".join(backend.name for backend in framework.backends)
    mend = f"use --backend {known}" if known else "leave --backend out"
    raise UsageError(f"{framework.title} has no backend {name}: {mend}.")


def title_on(framework: Framework, backend: Exporter | None) -> str:
    """Return the framework in prose, with its backend if there is one."""
    return f"{framework.title} on {backend.title}" if backend else framework.title


def why_not(framework: Framework, target: Target) -> str:
    """Say why the two do not fit, and what fits each of them."""
    fitting = [t.name for t in targets() if shared_formats(framework, t)]
    instead = [f.name for f in frameworks() if shared_formats(f, target)]
    return (
        f"{mismatch(framework, target)}: "
        f"use --target {' or '.join(fitting)} with {framework.name}, "
        f"or --framework {' or '.join(instead)} with {target.name}."
    )


def why_not_on(backend: Exporter, framework: Framework, target: Target) -> str:
    """Say why the target does not fit this backend, and what fits each of them."""
    fitting = [t.name for t in targets() if shared_formats(backend, t)]
    instead = [b.name for b in framework.backends if shared_formats(b, target)]
    return (
        f"{mismatch(framework, target, backend)}: "
        f"use --target {' or '.join(fitting)} with --backend {backend.name}, "
        f"or --backend {' or '.join(instead)} with {target.name}."
    )


def mismatch(
    framework: Framework, target: Target, backend: Exporter | None = None
) -> str:
    """Say what the target loads and what is exported instead."""
    exports = (backend or framework).exports
    wanted = ", ".join(format_layer(name).title for name in target.consumes)
    offered = ", ".join(format_layer(name).title for name in exports)
    title = title_on(framework, backend)
    return f"{target.title} loads {wanted}, but {title} exports {offered}"
