"""A CSV or TSV file: how it is written, and its rows as a stream."""

import codecs
import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TextIO

from dlscaffold.data.description import STEERING
from dlscaffold.errors import DataError, listed, quoted

LONGEST_FIELD = 1_000_000  # characters
LONGEST_ROW = 4_000_000  # characters
MOST_COLUMNS = 2_000
SAMPLED_ROWS = 30  # that the delimiter is told by
CHUNK = 500_000  # characters and values that are counted at once
OTHER_FORMATS = {
    b"PK\3\4": "an Excel workbook or another ZIP archive",
    b"\xd0\xcf\x11\xe0": "an Excel workbook",
    b"PAR1": "a Parquet file",
    b"\x1f\x8b": "compressed with gzip",
    b"{": "a JSON file",
}
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # begins as that of UTF-16 does
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
NUMBER = re.compile(
    r"\s*[+-]?([0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?\s*"
)


@dataclass(frozen=True)
class Table:
    """How a file is written; the header names each column once."""

    path: Path
    encoding: str
    delimiter: str
    header: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows that are not blank, each after the number of its last line.

        Raises DataError where the quotes are wrong or something is too long, and
        UnicodeError where the encoding is another.
        """
        csv.field_size_limit(LONGEST_FIELD)  # that of all readers
        with self.path.open(encoding=self.encoding, newline="") as file:
            lines = Lines(file)
            reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
            try:
                for row in reader:
                    lines.length = 0
                    if row:
                        yield reader.line_num, row
            except csv.Error as error:
                raise DataError(
                    f"Line {reader.line_num:,} cannot be parsed: close or double its "
                    f"quotes, and keep values under {LONGEST_FIELD:,} characters."
                ) from error

    @property
    def evenness(self) -> tuple[float, int]:
        """The share of the first rows that are as long as the header, and its length.

        Zero if they cannot be parsed, or have a single column.
        """
        widths = []
        with suppress(DataError):  # raised again if this delimiter fits best
            for _, row in islice(self.rows(), SAMPLED_ROWS):
                widths.append(len(row))
        if not widths or widths[0] < 2:
            return 0, 0
        return widths.count(widths[0]) / len(widths), widths[0]


@dataclass
class Lines:
    """The lines of a file; `length` counts characters until a reader resets it."""

    file: TextIO
    length: int = 0

    def __iter__(self) -> Iterator[str]:
        """Yield the lines; raises DataError if a row is too long, or no text."""
        while line := self.file.readline(LONGEST_ROW + 1):
            self.length += len(line)
            if self.length > LONGEST_ROW:
                raise DataError(
                    f"A row has more than {LONGEST_ROW:,} characters: save the file "
                    "as CSV with a line for each row."
                )
            if "\0" in line:
                raise DataError(
                    "The file has NUL bytes, as binary files have: save it as CSV in "
                    "UTF-8."
                )
            yield line


def encodings_of(path: Path) -> list[str]:
    """Return the encodings that a file may have; raises DataError if it is no text."""
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise DataError(f"{quoted(path)} is empty: give a file with rows.")
    for mark, title in OTHER_FORMATS.items():
        if head.startswith(mark):
            raise DataError(f"{quoted(path)} is {title}: save it as CSV.")
    marked = [name for mark, name in BYTE_ORDER_MARKS.items() if head.startswith(mark)]
    return marked[:1] or ["utf-8", "cp1252"]


def open_table(path: Path, encoding: str) -> Table:
    """Return how a file is written; raises DataError if it is no table."""
    # The comma comes last of those that fit as well: it may be that of decimals.
    is_tsv = path.suffix.lower() in (".tsv", ".tab")
    tables = [Table(path, encoding, one) for one in ("\t" if is_tsv else ";\t|,")]
    table = max(tables, key=lambda one: one.evenness)
    _, header = next(table.rows(), (0, []))
    if fault := next(header_faults(header), None):
        raise DataError(f"{quoted(path)} cannot be used, because {fault}.")
    return replace(table, header=header)


def header_faults(header: list[str]) -> Iterator[str]:
    """Yield why columns cannot be used, with the fix."""
    if len(header) < 2:
        yield "it has a single column: separate columns by comma, semicolon, TAB or |"
    if len(header) > MOST_COLUMNS:
        yield f"it has {len(header):,} columns: save it with {MOST_COLUMNS:,} at most"
    for number, name in enumerate(header, 1):
        if not name.strip():
            yield f"column {number} has no name: name it in the first line or remove it"
        if STEERING.search(name):
            yield f"column {number} has control characters in its name: rename it"
    numbers = [name for name in header if NUMBER.fullmatch(name)]
    fractions = not all(name.strip().isdigit() for name in numbers)
    if len(numbers) == len(header) or (fractions and 2 * len(numbers) > len(header)):
        yield "its first line has numbers: add a line with the names of the columns"
    if len(set(header)) < len(header):
        repeated = [name for name in dict.fromkeys(header) if header.count(name) > 1]
        yield f"columns have the same name ({listed(repeated)}): rename them"


def chunks(table: Table) -> Iterator[tuple[list[int], list[list[str]]]]:
    """Yield all rows below the header, some at a time, after the line each ends in.

    Raises DataError if one is not as long as the header.
    """
    lines: list[int] = []
    rows: list[list[str]] = []
    size, width = 0, len(table.header)
    for line, row in islice(table.rows(), 1, None):
        if len(row) != width:
            raise DataError(
                f"Line {line:,} has {len(row):,} values, but there are {width:,} "
                "columns: correct that row, or quote values with delimiters."
            )
        lines.append(line)
        rows.append(row)
        size += width + sum(map(len, row))
        if size > CHUNK:
            yield lines, rows
            lines, rows, size = [], [], 0
    if rows:
        yield lines, rows
