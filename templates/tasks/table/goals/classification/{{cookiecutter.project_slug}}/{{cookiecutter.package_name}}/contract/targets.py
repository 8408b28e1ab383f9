"""What is to be predicted: the class of a row."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .rows import to_text


def targets_of(values: NDArray[Any], _name: str) -> tuple[NDArray[np.int64], list[str]]:
    """Return class numbers for the values of a column, and the names of the classes."""
    different, numbers = np.unique(values, return_inverse=True)
    return numbers.astype(np.int64), [to_text(value) for value in different.tolist()]
