"""How a row becomes the model's inputs: what training learns about each column."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .files import ContractError
from .raw import Columns

FEWEST = 3  # rows of a category; those of rarer ones are as if it were unknown
MOST = 1000  # categories of a column


@dataclass(frozen=True)
class Preprocessing:
    """What scales the numbers, and numbers the categories, by column.

    Each of `numbers` has the `mean` and `deviation` of training, and its range, `least`
    to `most`. Those in `indicated` were missing in some rows: the model gets a further
    number that says so. `categories` are the known ones. Columns that are `left_out`
    tell no rows apart.
    """

    numbers: dict[str, dict[str, float]]
    indicated: list[str]
    categories: dict[str, list[str]]
    left_out: list[str]

    @property
    def width(self) -> int:
        """How many numbers the model gets for a row."""
        return len(self.numbers) + len(self.indicated)

    @property
    def vocabulary(self) -> int:
        """How many indices there are: each column has one more than categories."""
        return sum(map(len, self.categories.values())) + len(self.categories)


def fit(raw: Columns) -> Preprocessing:
    """Return what these rows tell about the columns.

    Raises ContractError if no column tells them apart.
    """
    numbers, categories = {}, {}
    for name, values in raw.items():
        if values.dtype == object:
            categories[name] = known(values)
        else:
            numbers[name] = statistics(values)
    kept = {name for name in raw if varies(raw[name], categories.get(name))}
    if not kept:
        raise ContractError("No column tells rows apart: add others to the table.")
    left_out = [name for name in raw if name not in kept]
    if left_out:
        print(f"Left out, as they tell no rows apart: {', '.join(left_out)}")
    return Preprocessing(
        numbers={name: numbers[name] for name in numbers if name in kept},
        indicated=[n for n in numbers if n in kept and np.isnan(raw[n]).any()],
        categories={name: categories[name] for name in categories if name in kept},
        left_out=left_out,
    )


def known(texts: NDArray[Any]) -> list[str]:
    """Return the categories that are not rare, sorted."""
    counts = Counter(texts.tolist())
    counts.pop("", None)
    return sorted(text for text, rows in counts.most_common(MOST) if rows >= FEWEST)


def statistics(column: NDArray[Any]) -> dict[str, float]:
    """Return mean, deviation and range of the numbers that are there."""
    there = column[np.isfinite(column)].astype(np.float64)
    if not len(there):
        there = np.zeros(1)
    return {
        "mean": float(there.mean()),
        "deviation": float(there.std()) or 1.0,
        "least": float(there.min()),
        "most": float(there.max()),
    }


def varies(column: NDArray[Any], categories: list[str] | None) -> bool:
    """Return whether a column is not the same for the model in all rows."""
    if categories is None:
        return len(np.unique(column)) > 1  # all that are missing count as one
    return bool(categories) and bool((column != categories[0]).any())
