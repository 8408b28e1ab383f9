"""What the signature says of the task: the labels, and how raw values are prepared."""

from dataclasses import dataclass
from typing import Any

from .preprocessing import Preprocessing


@dataclass(frozen=True)
class Task:
    """The classes in the order of the outputs, none for a number; and preprocessing."""

    labels: list[str]
    preprocessing: Preprocessing

    @classmethod
    def take(cls, fields: dict[str, Any]) -> "Task":
        """Take the task's fields out of those of a signature."""
        return cls(fields.pop("labels"), Preprocessing(**fields.pop("preprocessing")))
