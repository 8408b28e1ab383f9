"""From what a person gives with `--data` to data that can be used, or one sentence."""

import difflib
from contextlib import suppress
from pathlib import Path

from dlscaffold.data import tables
from dlscaffold.data.columns import MISSING, Column, Label, decimal_of, goal_of
from dlscaffold.data.description import Data
from dlscaffold.data.folders import read_folder
from dlscaffold.data.tables import Table
from dlscaffold.errors import DataError, listed, quoted


def read(path: Path, task: str | None, label: str | None, text: str | None) -> Data:
    """Return what a file or folder holds, all of which has been checked.

    A table is streamed: it takes little memory, however long it is. Raises DataError
    if the data cannot be used as it is.
    """
    place = quoted(path)
    try:
        path = path.absolute()
        if not path.exists():
            raise DataError(f"There is no {place}: give a file or folder of data.")
        if path.is_dir():
            if task == "table":
                raise DataError(f"{place} is a folder: give a CSV or TSV file.")
            if label or text:
                raise DataError(
                    f"{place} has folders as labels: leave --label and --text out."
                )
            return read_folder(path, task)
        if path.is_file():
            return read_file(path, task, label, text)
    except OSError as error:
        reason = error.strerror or "an error of the file system"
        raise DataError(
            f"{quoted(error.filename or path)} cannot be read ({reason})."
        ) from error
    raise DataError(f"{place} is neither a file nor a folder.")


def read_file(
    path: Path, task: str | None, label: str | None, text: str | None
) -> Data:
    """Return the data of a table, or of texts in a table."""
    if task == "images":
        raise DataError(
            f"{quoted(path)} is a file: give a folder with a sub-folder for each class."
        )
    if task == "table" and text is not None:
        raise DataError("A table takes no --text: leave it out, or choose --task text.")
    for encoding in tables.encodings_of(path):
        with suppress(UnicodeError):
            table = tables.open_table(path, encoding)
            return read_table(table, task, label, text)
    raise DataError(f"{quoted(path)} has bytes that are no text: save it as UTF-8.")


def read_table(
    table: Table, task: str | None, label: str | None, text: str | None
) -> Data:
    """Return the data of a table; raises UnicodeError if its encoding is another."""
    label = find(label, table.header, "--label", "to predict")
    others = [name for name in table.header if name != label]
    if text == label:
        raise DataError("The columns of --text and --label are the same: name another.")
    if text is None and len(others) == 1 and task == "text":
        text = others[0]
    if text is not None or task == "text":
        text = find(text, others, "--text", "with the texts")
    columns = {name: Column(name) for name in others}
    target = Label(label)
    for lines, rows in tables.chunks(table):
        for name, values in zip(table.header, zip(*rows, strict=True), strict=True):
            columns.get(name, target).add(values, lines)
    only = columns[others[0]]
    if task is None and len(others) == 1 and 2 * only.sentences > only.filled:
        text = only.name
    return described(table, target, [*columns.values()], text)


def find(name: str | None, header: list[str], option: str, what: str) -> str:
    """Return the name of a column if there is one; raises DataError if there is not."""
    if name in header:
        return str(name)
    names = listed(header, 10)
    if name is None:
        raise DataError(f"Name the column {what} with {option}: {names}.")
    near = difflib.get_close_matches(name, header, 1, 0.5)
    fix = f"did you mean {quoted(near[0])}?" if near else f"choose one of {names}."
    raise DataError(f"There is no column {quoted(name)}: {fix}")


def described(
    table: Table, label: Label, inputs: list[Column], text: str | None
) -> Data:
    """Return the data of a table whose rows have been counted."""
    used = inputs if text is None else []  # columns whose numbers matter
    decimal = decimal_of([*used, label], table.delimiter)
    goal = goal_of(label, decimal)
    if text is not None and goal == "regression":
        raise DataError(
            f"The label {quoted(label.name)} has numbers, and texts are sorted into "
            "classes: name another column with --label."
        )
    options: dict[str, object] = {
        "label": label.name,
        "delimiter": table.delimiter,
        "encoding": table.encoding,
        "decimal": decimal,
        "missing": sorted(MISSING),
    }
    warnings = []
    if missing := label.forms["missing"]:
        place = quoted(label.name)
        warnings.append(f"{missing:,} rows have no value in {place} and are left out.")
    if text is not None:
        options["text"] = text
        if unused := [one.name for one in inputs if one.name != text]:
            warnings.append(f"Not used, beside text and label: {listed(unused)}.")
    return Data(
        path=table.path,
        task="table" if text is None else "text",
        goal=goal,
        options=options,
        size=table.path.stat().st_size,
        examples=label.filled,
        warnings=warnings,
    )
