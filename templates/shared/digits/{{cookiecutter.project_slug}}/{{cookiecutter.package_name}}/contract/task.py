"""What the signature says of the task: the labels, and how an image is prepared."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Preprocessing:
    """How an image becomes an input: grey, resized, each pixel multiplied by `scale`.

    `layout` orders the axes: N batch, H height, W width, C channels.
    """

    height: int
    width: int
    layout: str
    scale: float


@dataclass(frozen=True)
class Task:
    """The names of the classes, in the order of the outputs, and the preprocessing."""

    labels: list[str]
    preprocessing: Preprocessing

    @classmethod
    def take(cls, fields: dict[str, Any]) -> "Task":
        """Take the task's fields out of those of a signature."""
        return cls(fields.pop("labels"), Preprocessing(**fields.pop("preprocessing")))
