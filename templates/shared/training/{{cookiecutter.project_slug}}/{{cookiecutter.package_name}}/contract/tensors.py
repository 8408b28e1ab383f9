"""Tensors by name: to JSON and back, and how far apart they are."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Tensors = Mapping[str, NDArray[Any]]


def to_lists(tensors: Tensors) -> dict[str, Any]:
    """Return the tensors as nested lists, which JSON can hold."""
    return {name: _shortest(tensor).tolist() for name, tensor in tensors.items()}


def to_array(values: ArrayLike, dtype: str) -> NDArray[Any]:
    """Return the values as an array of this data type."""
    return np.array(values, dtype)


def distance(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Return the largest difference between two tensors of one shape."""
    return float(np.max(np.abs(np.subtract(one, other, dtype=np.float64)), initial=0))


def _shortest(tensor: NDArray[Any]) -> NDArray[Any]:
    # As float64, 0.1 would be 0.10000000149011612: twice the text, and no more exact.
    return tensor.astype(str).astype(float) if tensor.dtype == np.float32 else tensor
