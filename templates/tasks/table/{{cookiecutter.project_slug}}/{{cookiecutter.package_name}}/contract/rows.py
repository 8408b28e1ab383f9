"""Rows as clients send them, with a value or null for a column's name."""

import difflib
import math
from typing import Any

import numpy as np

from .preprocessing import Preprocessing
from .raw import Columns, RawError, column, to_json

LONGEST = 100  # characters of a name that a message shows


def to_columns(row: object, how: Preprocessing) -> Columns:
    """Return the columns of one row, for `prepare`; those it leaves out are missing.

    Raises RawError for unknown columns, and for values of another type.
    """
    if not isinstance(row, dict):
        raise RawError('Send a row as a JSON object: {"column": value}.')
    columns = [*how.numbers, *how.categories, *how.left_out]
    for name in row:
        if name not in columns:
            raise RawError(_unknown(name[:LONGEST], columns))
    numbers = {
        name: np.array([_number(name, row.get(name))], np.float32)
        for name in how.numbers
    }
    texts = {name: column([_text(name, row.get(name))]) for name in how.categories}
    return {**numbers, **texts}


def to_rows(raw: Columns) -> list[dict[str, Any]]:
    """Return the rows of columns, with null where a value is missing."""
    columns = to_json(raw)
    return [
        {
            name: None if value == "" else value
            for name, value in zip(columns, values, strict=True)
        }
        for values in zip(*columns.values(), strict=True)
    ]


def to_text(value: object) -> str:
    """Return a category as text, "" if it is missing; 3.0 is the category 3."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def _number(name: str, value: object) -> float:
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RawError(f"{name!r} must be a number or null.")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if abs(number) > np.finfo(np.float32).max or math.isnan(number):
        raise RawError(f"{name!r} must be a number that a float32 can hold.")
    return number


def _text(name: str, value: object) -> str:
    if not isinstance(value, str | int | float | None):
        raise RawError(f"{name!r} must be a text, a number or null.")
    return to_text(value)


def _unknown(name: str, columns: list[str]) -> str:
    near = difflib.get_close_matches(name, columns, 1, 0.5)
    fix = f"did you mean {near[0]!r}?" if near else "leave it out."
    return f"There is no column {name!r}: {fix}"
