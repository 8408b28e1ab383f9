"""What the signature says of the task: the labels, and how raw values are prepared."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .preprocessing import Preprocessing


@dataclass(frozen=True)
class Task:
    """The names of the classes, in the order of the outputs, and the preprocessing."""

    labels: list[str]
    preprocessing: Preprocessing

    @classmethod
    def learn(
        cls,
        labels: list[str],
        _targets: NDArray[np.int64],
        preprocessing: Preprocessing,
    ) -> "Task":
        """Return the task for the labels and targets of the training part."""
        return cls(labels, preprocessing)

    @classmethod
    def take(cls, fields: dict[str, Any]) -> "Task":
        """Take the task's fields out of those of a signature."""
        return cls(fields.pop("labels"), Preprocessing(**fields.pop("preprocessing")))
