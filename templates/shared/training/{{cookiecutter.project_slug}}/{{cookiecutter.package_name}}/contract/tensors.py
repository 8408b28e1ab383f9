"""Tensors by name, to JSON and back."""

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
