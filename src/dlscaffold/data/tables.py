"""A CSV or TSV file: how it is written, and its rows as a stream."""

import codecs
import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from dlscaffold.data.description import STEERING, listed, quoted
from dlscaffold.errors import DataError

BLOCK = 1 << 20  # characters that are decoded at once
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
    header: list[str]


def open_table(path: Path) -> Table:
    """Return how a file is written; raises DataError if it is no table."""
    encoding = encoding_of(path)
    if path.suffix.lower() in (".tsv", ".tab"):
        delimiter = "\t"
    else:  # The comma comes last, as it may be that of decimals.
        delimiter = max(";\t|,", key=lambda one: evenness(path, encoding, one))
    _, header = next(rows_of(path, encoding, delimiter), (0, []))
    if fault := next(header_faults(header), None):
        raise DataError(f"{quoted(path)} cannot be used, because {fault}.")
    return Table(path, encoding, delimiter, header)


def encoding_of(path: Path) -> str:
    """Return the name of the encoding that a whole file has.

    Raises DataError if it is not a text.
    """
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise DataError(f"{quoted(path)} is empty: give a file with rows.")
    for mark, title in OTHER_FORMATS.items():
        if head.startswith(mark):
            raise DataError(f"{quoted(path)} is {title}: save it as CSV.")
    marked = [name for mark, name in BYTE_ORDER_MARKS.items() if head.startswith(mark)]
    for name in marked[:1] or ("utf-8", "cp1252"):
        with suppress(UnicodeError), path.open(encoding=name, newline="") as text:
            while block := text.read(BLOCK):
                if "\0" in block:
                    raise DataError(
                        f"{quoted(path)} has NUL bytes, as binary files have: "
                        "save it as CSV in UTF-8."
                    )
            return name
    raise DataError(f"{quoted(path)} has bytes that are no text: save it as UTF-8.")


def rows_of(
    path: Path, encoding: str, delimiter: str
) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a file that are not blank, after the number of the last line.

    Raises DataError where the quotes are wrong, or something is too long.
    """
    csv.field_size_limit(LONGEST_FIELD)  # that of all readers: it cannot be one's own
    length = 0  # of the row so far

    def lines(file: TextIO) -> Iterator[str]:
        nonlocal length
        while line := file.readline(LONGEST_ROW + 1):
            length += len(line)
            if length > LONGEST_ROW:
                raise DataError(
                    f"A row has more than {LONGEST_ROW:,} characters: save the file "
                    "as CSV with a line for each row."
                )
            yield line

    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(lines(file), delimiter=delimiter, strict=True)
        try:
            for row in reader:
                length = 0
                if row:
                    yield reader.line_num, row
        except csv.Error as error:
            raise DataError(
                f"Line {reader.line_num:,} cannot be parsed: close or double its "
                f"quotes, and keep values under {LONGEST_FIELD:,} characters."
            ) from error


def evenness(path: Path, encoding: str, delimiter: str) -> tuple[float, int]:
    """Return the share of rows that are as long as the header, and its length."""
    widths: list[int] = []
    try:
        for _, row in islice(rows_of(path, encoding, delimiter), SAMPLED_ROWS):
            widths.append(len(row))
    except DataError:  # raised again if this is the delimiter that fits best
        pass
    if not widths or widths[0] < 2:
        return 0, 0
    return widths.count(widths[0]) / len(widths), widths[0]


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
    size = 0
    found = rows_of(table.path, table.encoding, table.delimiter)
    for line, row in islice(found, 1, None):
        if len(row) != len(table.header):
            raise DataError(
                f"Line {line:,} has {len(row):,} values, but there are "
                f"{len(table.header):,} columns: correct that row, or quote values "
                "with delimiters."
            )
        lines.append(line)
        rows.append(row)
        size += len(row) + sum(map(len, row))
        if size > CHUNK:
            yield lines, rows
            lines, rows, size = [], [], 0
    if rows:
        yield lines, rows
