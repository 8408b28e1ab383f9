"""Untrusted values, checked once: where they are taken out of a file."""

import json
import math
from collections.abc import Iterable
from typing import Any

from dlscaffold.models.bytes.bounds import LONGEST_NAME, MalformedError
from dlscaffold.models.description import Dimension, Shape

HIGHEST_RANK = 64
MOST_VALUES = 1_000_000  # in JSON: each takes many times the bytes it is written in
LARGEST = 1 << 63  # no dimension of any format goes beyond 64 bits


def parse_json(data: bytes) -> dict[str, Any]:
    """Return the JSON object that the bytes hold."""
    if sum(data.count(mark) for mark in (b",", b"[", b"{")) > MOST_VALUES:
        raise MalformedError(f"its JSON has more than {MOST_VALUES:,} values")
    try:
        return as_dict(json.loads(data), "JSON")
    except RecursionError as error:
        raise MalformedError("its JSON is nested too deeply") from error
    except ValueError as error:
        raise MalformedError("its JSON cannot be parsed") from error


def as_dict(value: Any, what: str) -> dict[str, Any]:
    """Return the value if it is an object."""
    if not isinstance(value, dict):
        raise MalformedError(f"its {what} is not an object")
    return value


def dict_at(value: Any, *keys: str) -> dict[str, Any]:
    """Return the object at these keys, one inside the other; none is from a file."""
    for key in keys:
        value = as_dict(value, key).get(key)
    return as_dict(value, keys[-1])


def as_list(value: Any, what: str) -> list[Any]:
    """Return the value if it is a list."""
    if not isinstance(value, list):
        raise MalformedError(f"its {what} is not a list")
    return value


def as_name(value: Any, what: str) -> str:
    """Return the value if it is a text of reasonable length."""
    if not isinstance(value, str) or len(value) > LONGEST_NAME:
        raise MalformedError(f"its {what} is not a name")
    return value


def as_shape(values: Iterable[Any]) -> Shape:
    """Return dimensions; negative ones, which some formats write, are free."""
    shape = tuple(as_dimension(value) for value in values)
    if len(shape) > HIGHEST_RANK:
        raise MalformedError(f"a tensor in it has {len(shape)} dimensions")
    return shape


def as_dimension(value: Any) -> Dimension:
    """Return one dimension."""
    if value is None:
        return None
    if isinstance(value, str):
        return as_name(value, "dimension") or None
    if isinstance(value, bool) or not isinstance(value, int) or value >= LARGEST:
        raise MalformedError("a dimension in it is not a number")
    return None if value < 0 else value


def count(shape: Iterable[Dimension]) -> int:
    """Return the number of elements; dimensions must be fixed."""
    sizes = as_shape(shape)
    if any(not isinstance(size, int) for size in sizes):
        raise MalformedError("a weight in it has no fixed shape")
    return math.prod(size for size in sizes if isinstance(size, int))
