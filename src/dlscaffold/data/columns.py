"""What a table's columns hold, counted chunk by chunk as its rows stream past."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from dlscaffold.data.description import quoted
from dlscaffold.data.tables import NUMBER
from dlscaffold.errors import DataError

# What stands for no value, in a project too.
MISSING = frozenset(
    {"", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "<NA>", "#N/A"}
)
NUMERIC = 0.95  # share of numbers from which on a word is a mistake
PLAIN = re.compile("[0-9.eE+-]*")
WITH_COMMAS = re.compile("[0-9,eE+-]*")
THOUSANDS = re.compile(
    r"[+-]?[0-9]{1,3}(?:"
    r"([.,])[0-9]{3}(?:\1[0-9]{3})*(?!\1)[.,][0-9]+"  # 1,234.5
    r"|([.,])[0-9]{3}(?:\2[0-9]{3})+"  # 1,234,567
    r"|(['’ \xa0\u202f])[0-9]{3}(?:\3[0-9]{3})*(?:[.,][0-9]+)?)"  # 1'234  # noqa: RUF001
)
UNCLEAR = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")


@dataclass
class Column:
    """Counts of a column's values, and the line that has the first of each form."""

    words: int = 0
    numbers: int = 0
    sentences: int = 0  # of the words, those of three and more
    first: dict[str, int] = field(default_factory=dict)

    @property
    def numeric(self) -> bool:
        """Whether nearly all of it are numbers."""
        return self.numbers > NUMERIC * (self.words + self.numbers)

    @property
    def texts(self) -> bool:
        """Whether most of it are several words."""
        return 2 * self.sentences > self.words + self.numbers

    def add(self, values: Sequence[str], lines: Sequence[int]) -> None:
        """Count values; the usual forms of numbers quickly, all at once."""
        filled = list(filter(None, values))
        text = "".join(filled)
        if PLAIN.fullmatch(text) and finite(filled):
            if "." in text and "point" not in self.first:
                row = next(i for i, value in enumerate(values) if "." in value)
                self.first["point"] = lines[row]
            self.numbers += len(filled)
        elif (
            "comma" in self.first
            and WITH_COMMAS.fullmatch(text)
            and finite(one.replace(",", ".") for one in filled)
        ):
            self.numbers += len(filled)
        else:
            self.add_singly([value.strip() for value in values], lines)

    def add_singly(self, values: Sequence[str], lines: Sequence[int]) -> None:
        """Count values, each different one by its form."""
        for value, count in Counter(values).items():
            if value in MISSING:
                continue
            kind = form(value)
            if kind not in self.first:
                self.first[kind] = lines[values.index(value)]
            if kind == "word":
                self.words += count
                self.sentences += count * (len(value.split(None, 2)) > 2)
            else:
                self.numbers += count


def finite(values: Iterable[str]) -> bool:
    """Return whether all are numbers, none of them too large for one."""
    try:
        return all(map(math.isfinite, map(float, values)))
    except ValueError:
        return False


def form(value: str) -> str:
    """Return how a value is written: as a word, or as a number of some style."""
    if THOUSANDS.fullmatch(value):
        return "thousands"
    if not NUMBER.fullmatch(value) or not finite([value.replace(",", ".")]):
        return "word"
    if UNCLEAR.fullmatch(value):
        return "unclear"
    return "comma" if "," in value else "point" if "." in value else "number"


def check_mixed(columns: dict[str, Column]) -> None:
    """Raise DataError if a column of numbers has a few words, which are mistakes."""
    for name, column in columns.items():
        if column.numeric and column.words:
            raise DataError(
                f"The column {quoted(name)} has numbers, but line "
                f"{column.first['word']:,} has something else: write a number there, "
                "or leave it empty."
            )


def decimal_of(columns: dict[str, Column]) -> str:
    """Return what separates decimals in a table's numbers, a point or a comma.

    Raises DataError if both do, or if there are thousands separators.
    """
    numeric = {name: column.first for name, column in columns.items() if column.numeric}
    places = {
        kind: (name, first[kind])
        for kind in ("thousands", "unclear", "comma", "point")
        for name, first in numeric.items()
        if kind in first
    }
    style = "thousands" if "thousands" in places else "unclear"
    if style in places and (style == "thousands" or "comma" not in places):
        name, line = places[style]
        raise DataError(
            f"The column {quoted(name)} has a thousands separator, or a decimal comma "
            f"that looks like one, in line {line:,}: write numbers without thousands "
            "separators."
        )
    if "comma" in places and "point" in places:
        (name, line), (other, point) = places["comma"], places["point"]
        raise DataError(
            f"Numbers have a decimal comma in the column {quoted(name)} (line "
            f"{line:,}) and a point in {quoted(other)} (line {point:,}): write all of "
            "them in one style."
        )
    return "," if "comma" in places else "."
