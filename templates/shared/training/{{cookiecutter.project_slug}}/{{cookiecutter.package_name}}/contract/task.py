"""What the signature says of the task: the labels, and how raw values are prepared."""

from dataclasses import dataclass
from typing import Any

from .preprocessing import Preprocessing


@dataclass(frozen=True)
class Task:
    """The names of the classes, in the order of the outputs, and the preprocessing.

    Where the model answers with a number, there are no names.
    """

    labels: list[str]
    preprocessing: Preprocessing

    @classmethod
    def take(cls, fields: dict[str, Any]) -> "Task":
        """Take the task's fields out of those of a signature."""
        return cls(fields.pop("labels"), Preprocessing(**fields.pop("preprocessing")))
