"""Folders of layers, and the layers in them by label."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from dlscaffold.errors import LayerError
from dlscaffold.layers import choices
from dlscaffold.layers.choices import names_in
from dlscaffold.layers.layer import Layer

L = TypeVar("L", bound=Layer)

# The folders of a root that hold layers, each by its name.
KINDS = (
    "frameworks",
    "models",
    "tasks",
    "targets",
    "formats",
    "shared",
    "licenses",
    "apps",
    "extras",
)


@dataclass(frozen=True)
class Roots:
    """One or more folders of layers, no two of which bring layers of one name."""

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
        return self.find_as(Layer, label)

    def has(self, label: str) -> bool:
        """Return whether any root has a folder at this path."""
        return any((root / label).is_dir() for root in self.roots)

    def find_as(self, layer_type: type[L], label: str) -> L:
        for root in self.roots:
            if (root / label).is_dir():
                return layer_type(root, label)
        raise LayerError(f"There is no layer {label} in any folder of layers.")


def _labels(root: Path) -> set[str]:
    return {f"{kind}/{name}" for kind in KINDS for name in names_in(str(root), kind)}
