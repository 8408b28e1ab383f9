"""The column that is to be predicted: which one it is, and what its values make."""

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dlscaffold.data.columns import MISSING, Column
from dlscaffold.data.description import STEERING, listed, quoted
from dlscaffold.errors import DataError

FEWEST_ROWS = 20
MOST_CLASSES = 10_000
MOST_NUMBERS = 20  # different whole numbers that are still classes
LONGEST_LABEL = 200  # characters


@dataclass
class Labels:
    """The different values of the label's column, up to a number."""

    name: str
    counts: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    missing: int = 0

    def add(self, values: Sequence[str]) -> None:
        """Count the labels of some rows; raises DataError if one is a long text."""
        filled = [one for value in values if (one := value.strip()) not in MISSING]
        self.missing += len(values) - len(filled)
        self.rows += len(filled)
        if max(map(len, filled), default=0) > LONGEST_LABEL:
            raise DataError(
                f"The label {quoted(self.name)} has long texts: name a column of "
                "classes or numbers with --label."
            )
        if len(self.counts) <= MOST_CLASSES:
            self.counts.update(filled)


def find(name: str | None, header: list[str], option: str) -> str:
    """Return the name of a column if there is one; raises DataError if there is not."""
    if name in header:
        return str(name)
    columns = listed(header, 10)
    if name is None:
        what = "to predict" if option == "--label" else "with the texts"
        raise DataError(f"Name the column {what} with {option}: {columns}.")
    near = difflib.get_close_matches(name, header, 1, 0.5)
    fix = f"did you mean {quoted(near[0])}?" if near else f"choose one of {columns}."
    raise DataError(f"There is no column {quoted(name)}: {fix}")


def goal_of(labels: Labels, column: Column, decimal: str) -> str:
    """Return classification or regression, by the labels.

    Raises DataError if they are too few, or make no classes.
    """
    if labels.rows < FEWEST_ROWS:
        raise DataError(
            f"Only {labels.rows} rows have a value in {quoted(labels.name)}: at least "
            f"{FEWEST_ROWS} are needed."
        )
    if not column.words:
        numbers: Counter[str] = Counter()
        for value, count in labels.counts.items():
            numbers[str(float(value.replace(decimal, ".")))] += count
        whole = all(float(value).is_integer() for value in numbers)
        if not whole or len(numbers) > MOST_NUMBERS:
            return "regression"
        labels.counts = numbers
    if fault := next(faults(labels, column), None):
        raise DataError(f"The label {quoted(labels.name)} {fault}.")
    return "classification"


def faults(labels: Labels, column: Column) -> Iterator[str]:
    """Yield why labels are no classes, with the fix."""
    counts, other = labels.counts, "name another column with --label"
    single = sum(count == 1 for count in counts.values())
    if column.words and column.numbers and len(counts) > MOST_NUMBERS:
        line = column.first["word"]
        yield f"has numbers, but not in line {line:,}: correct that row, or {other}"
    if len(counts) == labels.rows:
        yield f"is different in each row, as names and identifiers are: {other}"
    if len(counts) > MOST_CLASSES:
        yield f"has more than {MOST_CLASSES:,} classes: {other}"
    if len(counts) == 1:
        yield f"has the same value in all rows: add rows of another class, or {other}"
    if single:
        yield (
            f"has a single row for each of {single:,} classes: add rows to them, join "
            "them with other classes, or remove them"
        )
    if any(map(STEERING.search, counts)):
        yield "has line breaks or control characters in its values: remove them"
