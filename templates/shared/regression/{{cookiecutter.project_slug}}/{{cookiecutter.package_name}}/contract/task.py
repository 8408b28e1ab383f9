"""What the signature says of the task: the number, and how raw values are prepared."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .preprocessing import Preprocessing


@dataclass(frozen=True)
class Task:
    """What the predicted number is called, its scale in training, the preprocessing."""

    target: str
    mean: float
    deviation: float
    preprocessing: Preprocessing

    @classmethod
    def learn(
        cls,
        labels: list[str],
        targets: NDArray[np.float32],
        preprocessing: Preprocessing,
    ) -> "Task":
        """Return the task for the targets of the training part."""
        (name,) = labels
        numbers = targets.astype(np.float64)
        deviation = float(numbers.std()) or 1.0
        return cls(name, float(numbers.mean()), deviation, preprocessing)

    @classmethod
    def take(cls, fields: dict[str, Any]) -> "Task":
        """Take the task's fields out of those of a signature."""
        names = ("target", "mean", "deviation")
        values = {name: fields.pop(name) for name in names}
        how = Preprocessing(**fields.pop("preprocessing"))
        return cls(preprocessing=how, **values)
