"""Tensors by name: to JSON and back, and how far apart they are.

Strings that are not text are base64 in JSON.
"""

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Tensors = Mapping[str, NDArray[Any]]


def to_lists(tensors: Tensors) -> dict[str, Any]:
    """Return the tensors as nested lists, which JSON can hold; bytes as in the API."""
    return {name: _plain(tensor).tolist() for name, tensor in tensors.items()}


def to_array(values: ArrayLike, dtype: str) -> NDArray[Any]:
    """Return the values as an array of this data type.

    Where a string is bytes that are not text, such as an image, all are `bytes`.
    """
    if dtype != "str":
        return np.array(values, dtype)
    encoded = np.frompyfunc(_to_bytes, 1, 1)(np.array(values, object))
    try:
        return np.array(np.frompyfunc(bytes.decode, 1, 1)(encoded), dtype)
    except UnicodeDecodeError:
        return np.array(encoded, object)


def distance(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Return the largest difference between two tensors; infinite for unlike texts."""
    if one.dtype.kind == "U":
        return 0.0 if np.array_equal(one, other) else np.inf
    return float(np.max(np.abs(np.subtract(one, other, dtype=np.float64)), initial=0))


def _to_bytes(value: Any) -> bytes:
    if isinstance(value, dict):
        return base64.b64decode(value["b64"], validate=True)
    return value if isinstance(value, bytes) else str(value).encode()


def _plain(tensor: NDArray[Any]) -> NDArray[Any]:
    if tensor.dtype.kind != "O":
        return tensor
    return np.array(np.frompyfunc(_to_base64, 1, 1)(tensor), object)


def _to_base64(value: bytes) -> dict[str, str]:
    return {"b64": base64.b64encode(value).decode()}
