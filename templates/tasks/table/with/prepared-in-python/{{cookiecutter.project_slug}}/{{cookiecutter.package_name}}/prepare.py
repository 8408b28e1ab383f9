"""From rows to the model's inputs: the one place that does it.

Training, export, client and service call `prepare`.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .contract import Tensors
from .contract.preprocessing import Preprocessing, fit
from .contract.raw import Columns

__all__ = ["fit", "prepare"]

FARTHEST = 10  # deviations from the mean; what lies beyond counts as that


def prepare(raw: Columns, how: Preprocessing) -> Tensors:
    """Return `numbers` and `categories`, or the one of them that the table has."""
    inputs: dict[str, NDArray[Any]] = {}
    if how.numbers:
        inputs["numbers"] = scale(raw, how)
    if how.categories:
        inputs["categories"] = look_up(raw, how)
    return inputs


def scale(raw: Columns, how: Preprocessing) -> NDArray[np.float32]:
    """Return the scaled numbers, then 1 for each that is missing: (rows, width)."""
    columns = [raw[name] for name in how.numbers]
    values = np.stack(columns, axis=1).astype(np.float32)
    mean, deviation = (
        np.array([column[key] for column in how.numbers.values()], np.float32)
        for key in ("mean", "deviation")
    )
    scaled = np.clip((values - mean) / deviation, -FARTHEST, FARTHEST)
    missing = [np.isnan(raw[name]) for name in how.indicated]
    columns = [np.nan_to_num(scaled), *(one[:, np.newaxis] for one in missing)]
    return np.concatenate(columns, axis=1, dtype=np.float32)


def look_up(raw: Columns, how: Preprocessing) -> NDArray[np.int64]:
    """Return the index of each category: (rows, columns).

    Each column has its own indices, the first for what is missing, rare or unknown.
    """
    columns, first = [], 0
    for name, known in how.categories.items():
        indices = {text: first + place for place, text in enumerate(known, 1)}
        columns.append([indices.get(text, first) for text in raw[name]])
        first += 1 + len(known)
    return np.array(columns, np.int64).T
