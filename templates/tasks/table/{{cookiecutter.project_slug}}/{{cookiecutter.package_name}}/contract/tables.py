"""From pandas to raw values: each column is one of numbers, or one of categories."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .dataset import Examples
from .raw import column
from .rows import to_text
from .targets import targets_of


def to_examples(table: pd.DataFrame, target: str) -> Examples:
    """Return the rows that have a target; the table is used up, to save memory."""
    columns = {str(name): to_array(table.pop(name)) for name in list(table.columns)}
    wanted = columns.pop(target)
    has_target = wanted != "" if wanted.dtype == object else ~np.isnan(wanted)
    targets, labels = targets_of(wanted[has_target], target)
    raw = {name: values[has_target] for name, values in columns.items()}
    return Examples(raw, targets, labels)


def to_array(values: "pd.Series[Any]") -> NDArray[Any]:
    """Return float32 with NaN where no number is, or texts with "" where none is.

    A column is one of numbers if all of its values are, those apart that are missing.
    """
    if pd.api.types.is_bool_dtype(values) or not pd.api.types.is_numeric_dtype(values):
        return _to_texts(values)
    return values.to_numpy(np.float32, na_value=np.nan)


def _to_texts(values: "pd.Series[Any]") -> NDArray[Any]:
    different = values.astype("category").array  # each text is in memory once
    texts = column([*map(to_text, different.categories.tolist()), ""])
    return texts[different.codes]  # -1, which stands for missing, is the last
