"""From what a person gives with `--data` to data that can be used, or one sentence."""

import hashlib
from contextlib import suppress
from pathlib import Path

from dlscaffold.data import folders, labels, tables
from dlscaffold.data.columns import MISSING, Column, check_mixed, decimal_of
from dlscaffold.data.description import Data, listed, quoted
from dlscaffold.data.folders import KINDS
from dlscaffold.data.labels import Labels
from dlscaffold.data.tables import Table
from dlscaffold.digest import digest as digest_of_file
from dlscaffold.errors import DataError


def read(path: Path, task: str | None, label: str | None, text: str | None) -> Data:
    """Return what a file or folder holds, all of which has been checked.

    A table is streamed: it takes little memory, however long it is. Raises DataError
    if the data cannot be used as it is.
    """
    try:
        path = path.absolute()
        if path.is_dir():
            return read_folder(path, task, label or text)
        if path.is_file():
            return read_file(path, task, label, text)
        exists = path.exists()
    except OSError as error:
        place = quoted(error.filename or path)
        reason = error.strerror or "an error of the file system"
        raise DataError(f"{place} cannot be read ({reason}).") from error
    except UnicodeError as error:  # a table's encoding was checked before
        raise DataError(f"{quoted(path)} has changed while it was read.") from error
    if exists:
        raise DataError(f"{quoted(path)} is neither a file nor a folder.")
    raise DataError(f"There is no {quoted(path)}: give a file or folder of data.")


def digest(data: Data) -> str:
    """Return the SHA-256 of a file, or of the names and contents of all its files.

    Those are the pictures or texts of all classes, damaged ones too, but none that
    cannot be opened. It is that of `dlscaffold.digest` if the folder holds nothing
    else. Raises DataError if a link leads out of the folder, and OSError if the file
    or folder cannot be read.
    """
    if data.path.is_file():
        return digest_of_file(data.path)
    total = hashlib.sha256()
    by_class = folders.listing(data.path).files(KINDS[data.task])
    names = [name for files in by_class.values() for name in files]
    for name in sorted(names, key=lambda name: name.split("/")):
        with suppress(OSError):
            if (data.path / name).is_file():  # and no pipe
                content = digest_of_file(data.path / name)
                total.update(name.encode(errors="surrogateescape") + b"\0")
                total.update(content.encode())
    return total.hexdigest()


def read_folder(path: Path, task: str | None, column: str | None) -> Data:
    """Return the data of a folder with a sub-folder for each class."""
    place = quoted(path)
    if task == "table":
        raise DataError(f"{place} is a folder: give a CSV or TSV file for a table.")
    if column is not None:
        raise DataError(f"{place} has folders as labels: leave --label and --text out.")
    found = folders.listing(path)
    counts = {
        name: sum(map(len, found.files(kind).values()))
        for name, kind in KINDS.items()
        if task in (None, name)
    }
    best = max(counts, key=lambda name: counts[name])  # pictures, if as many
    if counts[best]:
        return folders.read_folder(found, best)
    nouns = " or ".join(f"{KINDS[name].noun}s" for name in counts)
    suffixes = sorted(suffix for name in counts for suffix in KINDS[name].suffixes)
    raise DataError(
        f"{place} has no sub-folders with {nouns} in them ({', '.join(suffixes)}): put "
        "those of each class into a folder with its name, or give a CSV file."
    )


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
    table = tables.open_table(path)
    label = labels.find(label, table.header, "--label")
    others = [name for name in table.header if name != label]
    if text == label:
        raise DataError("The columns of --text and --label are the same: name another.")
    if text is not None or (task == "text" and len(others) > 1):
        text = labels.find(text, others, "--text")
    elif task == "text":
        text = others[0]
    columns, found = profile(table, label)
    if task is None and len(others) == 1 and columns[others[0]].texts:
        text = others[0]
    return described(table, columns, found, text)


def profile(table: Table, label: str) -> tuple[dict[str, Column], Labels]:
    """Return what the columns hold, in one pass over the rows."""
    columns = {name: Column() for name in table.header}
    found = Labels(label)
    for lines, rows in tables.chunks(table):
        for name, values in zip(table.header, zip(*rows, strict=True), strict=True):
            columns[name].add(values, lines)
            if name == label:
                found.add(values)
    return columns, found


def described(
    table: Table, columns: dict[str, Column], found: Labels, text: str | None
) -> Data:
    """Return the data of a table whose rows have been counted."""
    label = {found.name: columns.pop(found.name)}
    check_mixed(columns if text is None else {})
    decimal = decimal_of({**columns, **label} if text is None else label)
    goal = labels.goal_of(found, label[found.name], decimal)
    if text is not None and goal == "regression":
        raise DataError(
            f"The label {quoted(found.name)} has numbers, and texts are sorted into "
            "classes: name another column with --label."
        )
    options: dict[str, object] = {
        "label": found.name,
        "delimiter": table.delimiter,
        "encoding": table.encoding,
        "decimal": decimal,
        "missing": sorted(MISSING),
    }
    unused = [name for name in columns if text not in (None, name)]
    rows = f"{found.missing:,} rows have no value in {quoted(found.name)}"
    warnings = {
        f"{rows} and are left out.": found.missing,
        f"Not used, beside text and label: {listed(unused)}.": unused,
    }
    return Data(
        path=table.path,
        task="table" if text is None else "text",
        goal=goal,
        options=options if text is None else {**options, "text": text},
        size=table.path.stat().st_size,
        examples=found.rows,
        warnings=[sentence for sentence, some in warnings.items() if some],
    )
