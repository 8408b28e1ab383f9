"""A CSV or TSV file: how it is written, and its rows as a stream."""

import codecs
import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from dlscaffold.data.description import STEERING, listed, quoted
from dlscaffold.errors import DataError

BLOCK = 1 << 20  # bytes that are decoded at once
LONGEST_FIELD = 1_000_000  # characters
LONGEST_ROW = 4_000_000  # characters
MOST_COLUMNS = 2_000
SAMPLED_ROWS = 30  # that the delimiter is told by
CHUNK_CHARACTERS, CHUNK_VALUES = 2_000_000, 100_000  # what is counted at once
OTHER_FORMATS = {
    b"PK\3\4": "an Excel workbook or another ZIP archive",
    b"\xd0\xcf\x11\xe0": "an Excel workbook",
    b"PAR1": "a Parquet file",
    b"\x1f\x8b": "compressed with gzip",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ": "compressed with xz",
    b"%PDF": "a PDF document",
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
    header: list[str]


class Lines:
    """The lines of a file; `length` counts characters until a reader resets it."""

    def __init__(self, file: TextIO) -> None:
        """Begin with the first line."""
        self.file, self.length = file, 0

    def __iter__(self) -> Iterator[str]:
        """Yield the lines; raises DataError if a row becomes too long."""
        while line := self.file.readline(LONGEST_ROW):
            self.length += len(line)
            if self.length > LONGEST_ROW:
                raise DataError(
                    f"A row has more than {LONGEST_ROW:,} characters: save the file "
                    "as CSV with a line for each row."
                )
            yield line


def open_table(path: Path) -> Table:
    """Return how a file is written; raises DataError if it is no table."""
    encoding = encoding_of(path)
    delimiter = delimiter_of(path, encoding)
    with parsed(path, encoding, delimiter) as rows:
        header = next((row for _, row, _ in rows), [])
    if fault := next(header_faults(header), None):
        raise DataError(f"{quoted(path)} cannot be used: {fault}.")
    return Table(path, encoding, delimiter, header)


def encoding_of(path: Path) -> str:
    """Return the name of a file's encoding, which the whole file has been checked for.

    Raises DataError if it is not a text.
    """
    place = quoted(path)
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise DataError(f"{place} is empty: give a file with rows.")
    for mark, title in OTHER_FORMATS.items():
        if head.startswith(mark):
            raise DataError(f"{place} is {title}: save it as CSV.")
    names = [name for mark, name in BYTE_ORDER_MARKS.items() if head.startswith(mark)]
    candidates = names[:1] or ["utf-8", "cp1252", "latin-1"]
    for name in candidates:
        if decodes(path, name):
            return name
    raise DataError(
        f"{place} is not the {names[0]} that it begins as: save it as UTF-8."
    )


def decodes(path: Path, encoding: str) -> bool:
    """Return whether a file has an encoding; raises DataError if it has NUL bytes."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                if "\0" in decoder.decode(block):
                    raise DataError(
                        f"{quoted(path)} has NUL bytes, as binary files have: "
                        "save it as CSV in UTF-8."
                    )
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


@contextmanager
def parsed(
    path: Path, encoding: str, delimiter: str
) -> Iterator[Iterator[tuple[int, list[str], int]]]:
    """Open a file as rows that are not blank.

    Each comes with the number of its last line and its length in characters.
    """
    limit = csv.field_size_limit(LONGEST_FIELD)
    try:
        with path.open(encoding=encoding, newline="") as file:
            yield rows_of(file, delimiter)
    finally:
        csv.field_size_limit(limit)


def rows_of(file: TextIO, delimiter: str) -> Iterator[tuple[int, list[str], int]]:
    """Yield the rows; raises DataError where the quotes are wrong."""
    lines = Lines(file)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if row:
                yield reader.line_num, row, lines.length
            lines.length = 0
    except csv.Error as error:
        raise DataError(
            f"Line {reader.line_num:,} cannot be parsed: close or double its quotes, "
            f"and keep values under {LONGEST_FIELD:,} characters."
        ) from error


def delimiter_of(path: Path, encoding: str) -> str:
    """Return what separates the columns: what splits the first rows most evenly."""
    if path.suffix.lower() in (".tsv", ".tab"):
        return "\t"
    return max(",;\t|", key=lambda one: evenness(path, encoding, one))


def evenness(path: Path, encoding: str, delimiter: str) -> tuple[float, int]:
    """Return the share of rows that are as long as the header, and its length."""
    widths: list[int] = []
    try:
        with parsed(path, encoding, delimiter) as rows:
            for _, row, _ in islice(rows, SAMPLED_ROWS):
                widths.append(len(row))
                if len(row) > MOST_COLUMNS:
                    break
    except DataError:  # raised again if this is the delimiter that fits best
        pass
    if not widths or widths[0] < 2:
        return 0, 0
    return widths.count(widths[0]) / len(widths), widths[0]


def header_faults(header: list[str]) -> Iterator[str]:
    """Yield why columns cannot be used, with the fix."""
    if len(header) < 2:
        yield "it has a single column; separate columns by comma, semicolon, TAB or |"
    if len(header) > MOST_COLUMNS:
        yield f"it has {len(header):,} columns; save it with {MOST_COLUMNS:,} at most"
    for number, name in enumerate(header, 1):
        if not name.strip():
            yield f"column {number} has no name; name it in the first line or remove it"
        if STEERING.search(name):
            yield f"column {number} has control characters in its name; rename it"
    numbers = [name for name in header if NUMBER.fullmatch(name)]
    fractions = not all(name.strip().isdigit() for name in numbers)
    if len(numbers) == len(header) or (fractions and 2 * len(numbers) > len(header)):
        yield "its first line has numbers; add a line with the names of the columns"
    if len(set(header)) < len(header):
        repeated = [name for name in dict.fromkeys(header) if header.count(name) > 1]
        yield f"columns have the same name ({listed(repeated)}); rename them"


def chunks(table: Table) -> Iterator[tuple[list[int], list[list[str]]]]:
    """Yield all rows below the header, some at a time, after the line each ends in.

    Raises DataError if one is not as long as the header.
    """
    width, length = len(table.header), 0
    lines: list[int] = []
    some: list[list[str]] = []
    with parsed(table.path, table.encoding, table.delimiter) as rows:
        for line, row, size in islice(rows, 1, None):
            if len(row) != width:
                raise DataError(
                    f"Line {line:,} has {len(row):,} values, but there are {width:,} "
                    "columns: correct that row, or quote values with delimiters."
                )
            lines.append(line)
            some.append(row)
            length += size
            if length > CHUNK_CHARACTERS or len(some) * width > CHUNK_VALUES:
                yield lines, some
                lines, some, length = [], [], 0
    if some:
        yield lines, some
