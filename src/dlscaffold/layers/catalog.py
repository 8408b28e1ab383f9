"""The layers there are, read from their roots, and which of them fit together.

A framework exports model formats, a target consumes them, and the two fit when they
share one. That is the only rule; no pair is listed anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from dlscaffold.layers import choices
from dlscaffold.layers.layer import (
    AddOn,
    Exporter,
    Framework,
    Layer,
    Target,
    Task,
    shared_formats,
)
from dlscaffold.layers.roots import Roots

# What a project starts from where nothing else is chosen.
DEFAULT_TASK = "digits"
# What the name of a combination leaves out.
USUAL = (DEFAULT_TASK, "sample", "classification")


@dataclass(frozen=True)
class Catalog(Roots):
    """The layers of one or more roots; equal roots make equal catalogs."""

    def frameworks(self) -> list[Framework]:
        """Return every framework layer, by name."""
        return [self.framework(name) for name in self.names("frameworks")]

    def framework(self, name: str) -> Framework:
        """Return the framework layer of this name."""
        return self.find_as(Framework, f"frameworks/{name}")

    def model(self, name: str) -> Framework:
        """Return the layer that loads a kind of given model, and what it exports."""
        return self.find_as(Framework, f"models/{name}")

    def models(self) -> list[Framework]:
        """Return the layer of every kind of given model, by name."""
        return [self.model(name) for name in self.names("models")]

    def tasks(self) -> list[Task]:
        """Return every task, by name."""
        return [self.task(name) for name in self.names("tasks")]

    def task(self, name: str) -> Task:
        """Return the task of this name, which a project can start from."""
        return self.find_as(Task, f"tasks/{name}")

    def start(
        self, task: str, source: str = "sample", goal: str = "classification"
    ) -> tuple[Layer, ...]:
        """Return the layers of a task: itself, where its data come from, its goal.

        A task has folders for what it can choose between.
        """
        if not self.has(f"tasks/{task}"):
            return ()
        labels = (f"tasks/{task}/sources/{source}", f"tasks/{task}/goals/{goal}")
        chosen = [self.find(label) for label in labels if self.has(label)]
        return (self.task(task), *chosen)

    def targets(self) -> list[Target]:
        """Return every target layer, by name."""
        return [self.target(name) for name in self.names("targets")]

    def target(self, name: str) -> Target:
        """Return the target layer of this name."""
        return self.find_as(Target, f"targets/{name}")

    def format(self, name: str) -> Layer:
        """Return the layer that loads this format."""
        return self.find(f"formats/{name}")

    def apps(self) -> list[AddOn]:
        """Return every app, by name."""
        return [self.find_as(AddOn, f"apps/{name}") for name in self.names("apps")]

    def extras(self) -> list[AddOn]:
        """Return every extra, by name."""
        return [self.find_as(AddOn, f"extras/{name}") for name in self.names("extras")]

    def cells(self) -> Iterator[Cell]:
        """Yield every legal combination, each with every format that joins it.

        They start from the default task, which fits all of them.
        """
        for framework in self.frameworks():
            for target in self.targets():
                yield from self.cells_of(framework, target)

    def cells_of(self, framework: Framework, target: Target) -> Iterator[Cell]:
        """Yield the legal combinations of a pair, the preferred one first."""
        backends: Sequence[Exporter | None] = framework.backends or [None]
        start = () if framework.is_given else self.start(DEFAULT_TASK)
        for backend in backends:
            for name in shared_formats(backend or framework, target):
                yield Cell(self, framework, target, self.format(name), backend, start)


def installed() -> Catalog:
    """Return the catalog of the packaged layers and of those that the person names."""
    return _catalog(choices.roots())


@lru_cache
def _catalog(roots: tuple[str, ...]) -> Catalog:
    return Catalog([Path(root) for root in roots])


@dataclass(frozen=True)
class Cell:
    """One legal combination: a framework, a target and the format that joins them.

    Where the framework has backends, one of them is chosen. It starts from a task, with
    where its data come from and what it answers, or from the examples of a given model.
    Apps and extras are those that the person chose.
    """

    catalog: Catalog = field(repr=False)
    framework: Framework
    target: Target
    format: Layer
    backend: Exporter | None = None
    start: tuple[Layer, ...] = ()
    apps: tuple[AddOn, ...] = ()
    extras: tuple[AddOn, ...] = ()

    @property
    def refusal(self) -> str | None:
        """Why its task does not fit the rest; None if it does."""
        if self.task is None:
            return None
        networks = [one.additions([self.framework]) for one in self.start]
        if not any(networks) and not self.framework.additions([self.task]):
            return f"there is no network for it in {self.framework.title}"
        return self.task.refusal(self.labels)

    @property
    def backend_name(self) -> str | None:
        """The backend's name, if the framework has backends."""
        return self.backend.name if self.backend else None

    @property
    def special_backend(self) -> Exporter | None:
        """The backend, if it is another one than the framework prefers."""
        return self.backend if self.backend not in self.framework.backends[:1] else None

    @property
    def task(self) -> Task | None:
        """The task that it starts from; None for a given model."""
        return next((one for one in self.start if isinstance(one, Task)), None)

    @property
    def name(self) -> str:
        """A short name for messages and test ids."""
        parts = (
            self.framework,
            self.special_backend,
            self.target,
            self.format,
            *(one for one in self.start if one.name not in USUAL),
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
        others = [*shared, self.framework]
        return [*layers, *(added for one in layers for added in one.additions(others))]

    @property
    def _own(self) -> list[Layer]:
        exporter = self.backend or self.framework
        export = exporter.export_layer(self.format.name)
        own = [self.framework, export, self.format, self.target]
        return [*own, self.backend] if self.backend else own

    def _shared(self, layers: Iterable[Layer]) -> list[Layer]:
        """Return the layers that these build on, each once."""
        building = [*layers, *self.start]
        labels = dict.fromkeys(label for one in building for label in one.includes)
        return [*map(self.catalog.find, labels), *self.start]
