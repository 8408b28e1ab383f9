"""What a table's columns hold, counted chunk by chunk as its rows stream past."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from dlscaffold.data.description import STEERING
from dlscaffold.data.tables import NUMBER
from dlscaffold.errors import DataError, quoted

# What stands for no value, in a project too.
MISSING = frozenset(
    {"", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "<NA>", "#N/A"}
)
NUMERIC = 0.95  # share of numbers from which on a word is a mistake
PLAIN = re.compile("[0-9.eE+-]*")
GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:[.,'’ \xa0\u202f][0-9]{3})+(?:[.,][0-9]+)?")  # noqa: RUF001
UNCLEAR = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")  # a decimal comma, or thousands
ODD = {
    "word": "something else",
    "thousands": "a thousands separator",
    "unclear": "a thousands separator, or a decimal comma that looks like one",
    "comma": "a decimal comma, which separates columns too",
    "point": "a decimal point where others have a comma",
}
FEWEST_ROWS = 20
MOST_CLASSES = 10_000
MOST_NUMBERS = 20  # different whole numbers that are still classes
LONGEST_LABEL = 200  # characters


@dataclass
class Column:
    """Counts of a column's values by their form, and the line of the first of each."""

    name: str
    forms: Counter[str] = field(default_factory=Counter)
    first: dict[str, int] = field(default_factory=dict)
    sentences: int = 0  # of the words, those of three and more

    @property
    def filled(self) -> int:
        """The number of values that are not missing."""
        return self.forms.total() - self.forms["missing"]

    @property
    def numeric(self) -> bool:
        """Whether nearly all of it are numbers."""
        return self.filled - self.forms["word"] > NUMERIC * self.filled

    def add(self, values: Sequence[str], lines: Sequence[int]) -> None:
        """Count values: plain numbers all at once, others by their form."""
        filled = list(filter(None, values))
        text = "".join(filled)
        if PLAIN.fullmatch(text) and finite(filled):
            self.forms.update(number=len(filled), missing=len(values) - len(filled))
            if "." in text and "point" not in self.first:
                row = next(i for i, value in enumerate(values) if "." in value)
                self.first["point"] = lines[row]
            return
        stripped = [value.strip() for value in values]
        for value, count in Counter(stripped).items():
            kind = form(value)
            self.forms[kind] += count
            if kind not in self.first:
                self.first[kind] = lines[stripped.index(value)]
            if kind == "word" and len(value.split(None, 2)) > 2:
                self.sentences += count


@dataclass
class Label(Column):
    """The column to predict, with its different values, up to a number."""

    values: Counter[str] = field(default_factory=Counter)

    @property
    def numeric(self) -> bool:
        """Whether all of it are numbers; with a word among them, they are classes."""
        return not self.forms["word"]

    def add(self, values: Sequence[str], lines: Sequence[int]) -> None:
        """Count values, by themselves too."""
        super().add(values, lines)
        if len(self.values) <= MOST_CLASSES:
            stripped = (value.strip()[: LONGEST_LABEL + 1] for value in values)
            self.values.update(value for value in stripped if value not in MISSING)


def form(value: str) -> str:
    """Return how a value is written: missing, a word, or a number of some style."""
    if value in MISSING:
        return "missing"
    if not NUMBER.fullmatch(value):
        return "thousands" if GROUPED.fullmatch(value) else "word"
    if not finite([value.replace(",", ".")]):
        return "word"
    if UNCLEAR.fullmatch(value):
        return "unclear"
    return "comma" if "," in value else "point" if "." in value else "number"


def finite(values: Iterable[str]) -> bool:
    """Return whether all are numbers, none of them too large for one."""
    try:
        return all(map(math.isfinite, map(float, values)))
    except ValueError:
        return False


def decimal_of(columns: Iterable[Column], delimiter: str) -> str:
    """Return what separates decimals in columns of numbers, a point or a comma.

    Raises DataError if something else stands between the numbers, or if they are
    written in different styles, or with thousands separators.
    """
    numeric = [column for column in columns if column.numeric]
    commas = delimiter != "," and any("comma" in column.first for column in numeric)
    kept = {"missing", "number", *(["comma", "unclear"] if commas else ["point"])}
    for column in numeric:
        for kind, line in column.first.items():
            if kind not in kept:
                raise DataError(
                    f"The column {quoted(column.name)} has numbers, but line {line:,} "
                    f"has {ODD[kind]}: write a number such as 1234.5 there, in the "
                    "style of all others, or leave it empty."
                )
    return "," if commas else "."


def goal_of(label: Label, decimal: str) -> str:
    """Return classification or regression, by the labels.

    Raises DataError if they are too few, or make no classes.
    """
    if label.filled < FEWEST_ROWS:
        raise DataError(
            f"Only {label.filled} rows have a value in {quoted(label.name)}: at least "
            f"{FEWEST_ROWS} are needed."
        )
    classes = label.values
    if label.numeric and max(map(len, classes)) <= LONGEST_LABEL:
        classes = Counter()
        for value, count in label.values.items():
            classes[str(float(value.replace(decimal, ".")))] += count
        whole = all(float(value).is_integer() for value in classes)
        if not whole or len(classes) > MOST_NUMBERS:
            return "regression"
    if fault := next(label_faults(label, classes), None):
        raise DataError(f"The label {quoted(label.name)} {fault}.")
    return "classification"


def label_faults(label: Label, classes: Counter[str]) -> Iterator[str]:
    """Yield why labels are no classes, with the fix."""
    other = "name another column with --label"
    single = sum(count == 1 for count in classes.values())
    if max(map(len, classes)) > LONGEST_LABEL:
        yield f"has long texts: {other}"
    if 0 < label.forms["word"] < label.filled and len(classes) > MOST_NUMBERS:
        line = label.first["word"]
        yield f"has numbers, but not in line {line:,}: correct that row, or {other}"
    if len(classes) == label.filled:
        yield f"is different in each row, as names and identifiers are: {other}"
    if len(classes) > MOST_CLASSES:
        yield f"has more than {MOST_CLASSES:,} classes: {other}"
    if len(classes) == 1:
        yield f"has the same value in all rows: add rows of another class, or {other}"
    if single:
        yield (
            f"has a single row for each of {single:,} classes: add rows to them, join "
            "them with other classes, or remove them"
        )
    if any(map(STEERING.search, classes)):
        yield "has line breaks or control characters in its values: remove them"
