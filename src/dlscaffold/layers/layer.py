"""One layer: a folder of template files, with what its manifest says of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from dlscaffold.layers import manifest
from dlscaffold.layers.choices import MANIFEST


@cache
def _folders_in(folder: Path) -> tuple[str, ...]:
    if not folder.is_dir():
        return ()
    return tuple(sorted(path.name for path in folder.iterdir() if path.is_dir()))


@dataclass(frozen=True)
class Layer:
    """A folder of template files: the root that it comes from, and its path there.

    The label has slashes on every system: `targets/flask`.
    """

    root: Path
    label: str

    @cached_property
    def path(self) -> Path:
        """The layer's folder."""
        return self.root / self.label

    @property
    def name(self) -> str:
        """The folder's name, which is also the word for it on the command line."""
        return self.path.name

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The values of its manifest; raises LayerError where they are not allowed."""
        return manifest.read(self.path / MANIFEST, self.kind)

    @property
    def kind(self) -> str:
        """The name of the folder that it is in, such as `targets`."""
        *above, name = self.label.split("/")
        if "with" in above:
            return "with"
        return above[-1] if above else name

    @property
    def title(self) -> str:
        """The name in prose, such as `TensorFlow Serving`."""
        return str(self.manifest.get("title", self.name))

    @property
    def context(self) -> dict[str, object]:
        """The values that it has for the templates, by name."""
        return dict(self.manifest.get("context", {}))

    @property
    def includes(self) -> list[str]:
        """The labels of the shared layers that this one builds on."""
        return list(self.manifest.get("includes", []))

    def additions(self, others: Iterable[Layer]) -> list[Layer]:
        """Return what this layer adds in a project that has those others too.

        It lies in `with/` and their name, or for frameworks in `with/frameworks/`.
        """
        words = (one.label if one.kind == "frameworks" else one.name for one in others)
        different = dict.fromkeys(words)  # a goal and a shared layer can share a name
        added = (Layer(self.root, f"{self.label}/with/{word}") for word in different)
        return [layer for layer in added if layer.path.is_dir()]


@dataclass(frozen=True)
class Exporter(Layer):
    """A layer that writes formats; each folder below `exports/` is one of them."""

    @property
    def exports(self) -> list[str]:
        """The formats that this layer can write."""
        return list(_folders_in(self.path / "exports"))

    def export_layer(self, format_name: str) -> Layer:
        """Return the layer that writes this format."""
        return Layer(self.root, f"{self.label}/exports/{format_name}")

    def notice(self, system: str) -> str:
        """Return what to say after generating on a system, such as `linux`; or ``."""
        return str(self.manifest.get("notice", {}).get(system, ""))


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
    def also_written_by(self) -> list[str]:
        """The other frameworks that write models of this kind."""
        return list(self.manifest.get("also", []))

    @property
    def reads(self) -> list[str]:
        """The kinds of model file that it loads; the one of its own name by default."""
        return list(self.manifest.get("reads", [self.name]))

    @property
    def is_given(self) -> bool:
        """Whether it loads models that are given, instead of training one."""
        return self.kind == "models"

    @property
    def backends(self) -> list[Exporter]:
        """What it can compute on, the preferred first; empty where that is fixed."""
        names = self.manifest.get("backends", [])
        return [Exporter(self.root, f"{self.label}/backends/{name}") for name in names]

    @property
    def exports(self) -> list[str]:
        """The formats that this framework can write, on whichever backend."""
        if not self.backends:
            return super().exports
        return sorted({name for backend in self.backends for name in backend.exports})

    def title_on(self, backend: Exporter | None) -> str:
        """Return the framework in prose, with its backend if there is one."""
        return f"{self.title} on {backend.title}" if backend else self.title


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

    @property
    def next_commands(self) -> list[str]:
        """The commands to print after generating, with {python} and {package}."""
        return list(self.manifest.get("next", []))


@dataclass(frozen=True)
class Task(Layer):
    """What a project starts from: data, and what the model answers about them."""

    @property
    def takes_data(self) -> bool:
        """Whether it can start from a person's own data, too."""
        return set(_folders_in(self.path / "sources")) > {"sample"}

    def refusal(self, labels: Collection[str]) -> str | None:
        """Return why a project of these layers cannot have it; None if it can."""
        reasons = dict(self.manifest.get("refuses", {}))
        return next((reasons[label] for label in reasons if label in labels), None)


@dataclass(frozen=True)
class AddOn(Layer):
    """A layer that a person adds by name: an app, or an extra."""

    @property
    def fits(self) -> list[str]:
        """The labels of which a project needs one, such as `targets/flask`."""
        return list(self.manifest.get("fits", []))

    @property
    def requires(self) -> list[str]:
        """The labels that a project needs all of, such as `shared/digits`."""
        return list(self.manifest.get("requires", []))

    @property
    def is_default(self) -> bool:
        """Whether projects that it fits get it unless they say otherwise."""
        return bool(self.manifest.get("default", False))

    def is_fit_for(self, labels: Collection[str]) -> bool:
        """Return whether a project of these layers can have it."""
        any_fits = any(label in labels for label in self.fits)
        return any_fits and all(label in labels for label in self.requires)


def shared_formats(exporter: Exporter, target: Target) -> list[str]:
    """Return the formats that join the two, in the target's order of preference."""
    return [name for name in target.consumes if name in exporter.exports]
