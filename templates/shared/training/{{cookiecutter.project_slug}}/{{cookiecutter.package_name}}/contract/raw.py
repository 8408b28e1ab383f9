"""Raw values by column, as clients send them, and as JSON has them.

Bytes are base64 in JSON, as in the REST API, and NaN, which stands for a missing
number, is null.
"""

import base64
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Columns = Mapping[str, NDArray[Any]]


class RawError(Exception):
    """A raw value cannot be prepared; the message says why."""


def to_json(raw: Columns) -> dict[str, list[Any]]:
    """Return the columns as lists that JSON can hold."""
    return {name: list(map(_to_json, column)) for name, column in raw.items()}


def from_json(columns: dict[str, list[Any]]) -> Columns:
    """Return the columns as arrays of what was there."""
    return {name: _from_json(values) for name, values in columns.items()}


def column(values: Iterable[object]) -> NDArray[Any]:
    """Return an array (count,) of any objects, such as bytes."""
    return np.fromiter(values, object)


def to_bytes(file: bytes | Path) -> bytes:
    """Return a file's contents; one that is not in memory has its path here."""
    return file.read_bytes() if isinstance(file, Path) else file


def _to_json(value: Any) -> Any:
    if isinstance(value, bytes | Path):
        return {"b64": base64.b64encode(to_bytes(value)).decode()}
    if isinstance(value, np.floating):  # as the shortest text that reads back
        return None if np.isnan(value) else float(str(value))
    return value


def _from_json(values: list[Any]) -> NDArray[Any]:
    if all(isinstance(value, float | None) for value in values):
        return np.array(values, np.float32)
    return column(
        base64.b64decode(value["b64"]) if isinstance(value, dict) else value
        for value in values
    )
