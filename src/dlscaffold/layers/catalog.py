"""The layers there are, read from their roots, and which of them fit together.

A framework exports model formats, a target consumes them, and the two fit when they
share one. That is the only rule; no pair is listed anywhere.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from dlscaffold.errors import LayerError
from dlscaffold.layers import choices
from dlscaffold.layers.choices import names_in
from dlscaffold.layers.layer import (
    AddOn,
    Exporter,
    Framework,
    Layer,
    Target,
    shared_formats,
)

L = TypeVar("L", bound=Layer)

# The folders of a root that hold layers, each by its name.
KINDS = (
    "frameworks",
    "models",
    "targets",
    "formats",
    "shared",
    "licenses",
    "apps",
    "extras",
)


@dataclass(frozen=True)
class Catalog:
    """The layers of one or more roots; equal roots make equal catalogs."""

    roots: Sequence[Path]

    def __post_init__(self) -> None:
        """Raise LayerError if a root is no folder, or two roots bring one name."""
        object.__setattr__(self, "roots", tuple(self.roots))
        for root in self.roots:
            if not root.is_dir():
                raise LayerError(
                    f"There is no folder of layers {root}: correct {choices.VARIABLE}."
                )
        for one, other in itertools.combinations(self.roots, 2):
            for label in _labels(one) & _labels(other):
                raise LayerError(
                    f"{one} and {other} both have a layer {label}: rename one of them."
                )

    def names(self, kind: str) -> list[str]:
        """Return the names of one kind of layer, such as `targets`, sorted."""
        return sorted(name for root in self.roots for name in names_in(str(root), kind))

    def find(self, label: str) -> Layer:
        """Return the layer at this path, such as `shared/rest`.

        Raises LayerError where no root has it.
        """
        return self._find(Layer, label)

    def has(self, label: str) -> bool:
        """Return whether any root has a folder at this path."""
        return any((root / label).is_dir() for root in self.roots)

    def _find(self, layer_type: type[L], label: str) -> L:
        for root in self.roots:
            if (root / label).is_dir():
                return layer_type(root, label)
        raise LayerError(f"There is no layer {label} in any folder of layers.")

    def frameworks(self) -> list[Framework]:
        """Return every framework layer, by name."""
        return [self.framework(name) for name in self.names("frameworks")]

    def framework(self, name: str) -> Framework:
        """Return the framework layer of this name."""
        return self._find(Framework, f"frameworks/{name}")

    def model(self, name: str) -> Framework:
        """Return the layer that loads a kind of given model, and what it exports."""
        return self._find(Framework, f"models/{name}")

    def models(self) -> list[Framework]:
        """Return the layer of every kind of given model, by name."""
        return [self.model(name) for name in self.names("models")]

    def targets(self) -> list[Target]:
        """Return every target layer, by name."""
        return [self.target(name) for name in self.names("targets")]

    def target(self, name: str) -> Target:
        """Return the target layer of this name."""
        return self._find(Target, f"targets/{name}")

    def format(self, name: str) -> Layer:
        """Return the layer that loads this format."""
        return self.find(f"formats/{name}")

    def apps(self) -> list[AddOn]:
        """Return every app, by name."""
        return [self._find(AddOn, f"apps/{name}") for name in self.names("apps")]

    def extras(self) -> list[AddOn]:
        """Return every extra, by name."""
        return [self._find(AddOn, f"extras/{name}") for name in self.names("extras")]

    def cells(self) -> Iterator[Cell]:
        """Yield every legal combination, each with every format that joins it."""
        for framework in self.frameworks():
            for target in self.targets():
                yield from self.cells_of(framework, target)

    def cells_of(self, framework: Framework, target: Target) -> Iterator[Cell]:
        """Yield the legal combinations of a pair, the preferred one first."""
        backends: Sequence[Exporter | None] = framework.backends or [None]
        for backend in backends:
            for name in shared_formats(backend or framework, target):
                yield Cell(self, framework, target, self.format(name), backend)


def _labels(root: Path) -> set[str]:
    return {f"{kind}/{name}" for kind in KINDS for name in names_in(str(root), kind)}


def installed() -> Catalog:
    """Return the catalog of the packaged layers and of those that the person names."""
    return _catalog(choices.roots())


@lru_cache
def _catalog(roots: tuple[str, ...]) -> Catalog:
    return Catalog([Path(root) for root in roots])


@dataclass(frozen=True)
class Cell:
    """One legal combination: a framework, a target and the format that joins them.

    Where the framework has backends, one of them is chosen. Apps and extras are those
    that the person chose.
    """

    catalog: Catalog = field(repr=False)
    framework: Framework
    target: Target
    format: Layer
    backend: Exporter | None = None
    examples: Layer | None = None
    apps: tuple[AddOn, ...] = ()
    extras: tuple[AddOn, ...] = ()

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
        parts = (
            self.framework,
            self.special_backend,
            self.target,
            self.format,
            self.examples,
            *self.apps,
            *self.extras,
        )
        name = "-".join(part.name for part in parts if part)
        return f"given-{name}" if self.framework.is_given else name

    @property
    def fitting_apps(self) -> list[AddOn]:
        """The apps that can come with it, by name."""
        return [app for app in self.catalog.apps() if app.is_fit_for(self.labels)]

    @property
    def fitting_extras(self) -> list[AddOn]:
        """The extras that can come with it, by name."""
        return [one for one in self.catalog.extras() if one.is_fit_for(self.labels)]

    @property
    def labels(self) -> set[str]:
        """The labels of the layers that it is made of, but for apps and extras."""
        return {layer.label for layer in (*self._own, *self._shared(self._own))}

    def layers(self, license_name: str) -> list[Layer]:
        """Return the layers to compose, from the most general to the most special."""
        chosen = [*self.apps, *self.extras]
        shared = [*self._shared([*self._own, *chosen]), *chosen]
        general = [self.catalog.find("common")]
        general += [self.catalog.find(f"licenses/{license_name}")]
        layers = [*general, *shared, *self._own]
        return [*layers, *(added for one in layers for added in one.additions(shared))]

    @property
    def _own(self) -> list[Layer]:
        exporter = self.backend or self.framework
        export = exporter.export_layer(self.format.name)
        own = [self.framework, export, self.format, self.target]
        return [*own, self.backend] if self.backend else own

    def _shared(self, layers: Iterable[Layer]) -> list[Layer]:
        """Return the shared layers that these include, each once."""
        labels = dict.fromkeys(label for one in layers for label in one.includes)
        shared = [self.catalog.find(label) for label in labels]
        return [*shared, self.examples] if self.examples else shared
