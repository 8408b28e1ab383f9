"""The layers there are, read from `templates/`, and which of them fit together.

A framework exports model formats, a target consumes them, and the two fit when they
share one. That is the only rule; no pair is listed anywhere.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from dlscaffold.choices import MANIFEST, layer_names, templates_folder
from dlscaffold.errors import UsageError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def templates_root() -> Path:
    """Return the folder of layers."""
    return Path(templates_folder())


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

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The parsed manifest; empty where the layer has none."""
        file = self.path / MANIFEST
        return tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}

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
class Framework(Layer):
    """A framework layer; each folder below `exports/` is a format that it writes."""

    @property
    def exports(self) -> list[str]:
        """The formats that this framework can write."""
        folders = (self.path / "exports").iterdir()
        return sorted(folder.name for folder in folders if folder.is_dir())

    def export_layer(self, format_name: str) -> Layer:
        """Return the layer that writes this format from this framework."""
        return Layer(self.path / "exports" / format_name)


@dataclass(frozen=True)
class Target(Layer):
    """A deployment target layer."""

    @property
    def consumes(self) -> list[str]:
        """The formats that this target loads, the preferred one first."""
        return list(self.manifest["consumes"])


@dataclass(frozen=True)
class Cell:
    """One legal combination: a framework, a target and the format that joins them."""

    framework: Framework
    target: Target
    format: Layer

    @property
    def name(self) -> str:
        """A short name for messages and test ids."""
        return f"{self.framework.name}-{self.target.name}-{self.format.name}"

    def layers(self, license_name: str) -> list[Layer]:
        """Return the layers to compose, from the most general to the most special."""
        export = self.framework.export_layer(self.format.name)
        own = [self.framework, export, self.format, self.target]
        shared = list({s.label: s for base in own for s in base.includes}.values())
        root = templates_root()
        licenses = [Layer(root / "licenses" / license_name)]
        layers = [Layer(root / "common"), *licenses, *shared, *own]
        return [*layers, *(extra for one in layers for extra in one.additions(shared))]


def frameworks() -> list[Framework]:
    """Return every framework layer, by name."""
    root = templates_root() / "frameworks"
    return [Framework(root / name) for name in layer_names("frameworks")]


def targets() -> list[Target]:
    """Return every target layer, by name."""
    root = templates_root() / "targets"
    return [Target(root / name) for name in layer_names("targets")]


def shared_formats(framework: Framework, target: Target) -> list[str]:
    """Return the formats that join the two, in the target's order of preference."""
    return [name for name in target.consumes if name in framework.exports]


def cells() -> Iterator[Cell]:
    """Yield every legal combination, each with every format that joins it."""
    for framework in frameworks():
        for target in targets():
            for name in shared_formats(framework, target):
                yield Cell(framework, target, format_layer(name))


def format_layer(name: str) -> Layer:
    """Return the layer that loads this format."""
    return Layer(templates_root() / "formats" / name)


def find_cell(framework_name: str, target_name: str, format_name: str | None) -> Cell:
    """Return the legal combination of these names.

    Raises UsageError, with what would fit, where they share no format.
    """
    root = templates_root()
    framework = Framework(root / "frameworks" / framework_name)
    target = Target(root / "targets" / target_name)
    shared = shared_formats(framework, target)
    if not shared:
        raise UsageError(why_not(framework, target))
    if format_name is None:
        return Cell(framework, target, format_layer(shared[0]))
    if format_name not in shared:
        raise UsageError(
            f"{framework.title} with {target.title} cannot use the format "
            f"{format_name}; use --format {' or --format '.join(shared)}."
        )
    return Cell(framework, target, format_layer(format_name))


def why_not(framework: Framework, target: Target) -> str:
    """Say why the two do not fit, and what fits each of them."""
    fitting = [t.name for t in targets() if shared_formats(framework, t)]
    instead = [f.name for f in frameworks() if shared_formats(f, target)]
    return (
        f"{mismatch(framework, target)}: "
        f"use --target {' or '.join(fitting)} with {framework.name}, "
        f"or --framework {' or '.join(instead)} with {target.name}."
    )


def mismatch(framework: Framework, target: Target) -> str:
    """Say what one of the two exports and the other loads, where they share nothing."""
    wanted = ", ".join(format_layer(name).title for name in target.consumes)
    offered = ", ".join(format_layer(name).title for name in framework.exports)
    return f"{target.title} loads {wanted}, but {framework.title} exports {offered}"
