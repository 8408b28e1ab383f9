"""From what a person gives with `--data` to data that can be used, or one sentence."""

import difflib
from pathlib import Path

from dlscaffold.data import columns, tables
from dlscaffold.data.columns import MISSING, Column, Label
from dlscaffold.data.description import Data, listed, quoted
from dlscaffold.data.folders import read_folder
from dlscaffold.errors import DataError


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
            return read_table(path, task, label, text)
    except OSError as error:
        reason = error.strerror or "an error of the file system"
        raise DataError(
            f"{quoted(error.filename or path)} cannot be read ({reason})."
        ) from error
    except UnicodeError as error:  # a table's encoding was checked before
        raise DataError(f"{place} has changed while it was read.") from error
    raise DataError(f"{place} is neither a file nor a folder.")


def read_table(
    path: Path, task: str | None, label: str | None, text: str | None
) -> Data:
    """Return the data of a table, or of texts in a table."""
    if task == "images":
        raise DataError(
            f"{quoted(path)} is a file: give a folder with a sub-folder for each class."
        )
    if task == "table" and text is not None:
        raise DataError("A table takes no --text: leave it out, or choose --task text.")
    table = tables.open_table(path)
    label = find(label, table.header, "--label", "to predict")
    others = [name for name in table.header if name != label]
    if text == label:
        raise DataError("The columns of --text and --label are the same: name another.")
    if text is None and len(others) == 1 and task == "text":
        text = others[0]
    if text is not None or task == "text":
        text = find(text, others, "--text", "with the texts")
    target, inputs = counted(table, label)
    only = inputs[0]
    if task is None and len(inputs) == 1 and 2 * only.sentences > only.filled:
        text = only.name
    return described(table, target, inputs, text)


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


def counted(table: tables.Table, label: str) -> tuple[Label, list[Column]]:
    """Return the label and the other columns, after one pass over the rows."""
    target = Label(label)
    all_ = [target if name == label else Column(name) for name in table.header]
    for lines, rows in tables.chunks(table):
        for column, values in zip(all_, zip(*rows, strict=True), strict=True):
            column.add(values, lines)
    return target, [column for column in all_ if column is not target]


def described(
    table: tables.Table, label: Label, inputs: list[Column], text: str | None
) -> Data:
    """Return the data of a table whose rows have been counted."""
    used = inputs if text is None else []  # columns whose numbers matter
    decimal = columns.decimal_of([*used, label], table.delimiter)
    goal = columns.goal_of(label, decimal)
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
