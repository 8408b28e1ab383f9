"""Tensors by name: to JSON and back, and how far apart they are."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Tensors = Mapping[str, NDArray[Any]]


def to_lists(tensors: Tensors) -> dict[str, Any]:
    """Return the tensors as nested lists, which JSON can hold."""
    return {name: tensor.tolist() for name, tensor in tensors.items()}


def to_array(values: ArrayLike, dtype: str) -> NDArray[Any]:
    """Return the values as an array of this data type."""
    return np.array(values, dtype)


def distance(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Return the largest difference between two tensors of one shape."""
    return float(np.max(np.abs(np.subtract(one, other, dtype=np.float64)), initial=0))
