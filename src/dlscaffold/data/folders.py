"""A folder with one sub-folder a class, which holds pictures or texts."""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from dlscaffold.data import pictures
from dlscaffold.data.description import STEERING, Data, listed, quoted
from dlscaffold.data.pictures import DamagedError
from dlscaffold.errors import DataError

FEWEST_FILES = 5  # of a class
MOST_UNREADABLE = 0.1  # of all files
LONGEST_TEXT = 1_000_000  # bytes


def check_text(path: Path) -> None:
    """Raise DamagedError with the reason if a file is no text that can be used."""
    if path.stat().st_size > LONGEST_TEXT:
        raise DamagedError("larger than 1 MB")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DamagedError("not UTF-8") from error
    if not text.strip() or "\0" in text:
        raise DamagedError("not a text")


@dataclass(frozen=True)
class Kind:
    """What the files of a class are; the check raises DamagedError or OSError."""

    noun: str
    suffixes: frozenset[str]
    check: Callable[[Path], None]


KINDS = {
    "images": Kind("picture", pictures.SUFFIXES, pictures.check),
    "text": Kind("text", frozenset({".txt"}), check_text),
}


@dataclass(frozen=True)
class Folder:
    """The files in a folder's sub-folders by class, and what else there is.

    All names are relative to the folder, with `/` on every system.
    """

    path: Path
    classes: dict[str, list[str]] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)

    def files(self, kind: Kind) -> dict[str, list[str]]:
        """Return the files of a kind by class; also of classes that have none."""
        return {
            name: [one for one in files if Path(one).suffix.lower() in kind.suffixes]
            for name, files in self.classes.items()
        }


def listing(path: Path) -> Folder:
    """Return what is in a folder; no file is opened.

    Raises DataError if a link leads out of it, and OSError if it cannot be read.
    """
    found = Folder(path)
    for entry in entries(path, path):
        name = entry.name
        if name.startswith(".") or not entry.is_dir():
            found.others.append(name)
            continue
        if STEERING.search(name):
            raise DataError(
                f"The name of the folder {quoted(name)} has control characters or an "
                "unknown encoding: rename it."
            )
        found.classes[name] = []
        for inner in entries(path, path / name):
            other = inner.name.startswith(".") or inner.is_dir()
            names = found.others if other else found.classes[name]
            names.append(f"{name}/{inner.name}")
    return found


def entries(root: Path, folder: Path) -> list[os.DirEntry[str]]:
    """Return what is in a folder by name, once no link in it leads out of the root."""
    with os.scandir(folder) as found:
        ordered = sorted(found, key=lambda entry: entry.name)
    inside = Path(os.path.realpath(root))
    for entry in ordered:
        if entry.name.startswith(".") or not entry.is_symlink():
            continue
        if not Path(os.path.realpath(entry.path)).is_relative_to(inside):
            name = Path(entry.path).relative_to(root).as_posix()
            raise DataError(
                f"The link {quoted(name)} leads out of the folder of the data: put "
                "what it leads to in its place, or remove it."
            )
    return ordered


def read_folder(folder: Folder, task: str) -> Data:
    """Return the data of a folder; raises DataError if it cannot be used."""
    kind = KINDS[task]
    files = [one for some in folder.files(kind).values() for one in some]
    reasons = {one: fault(folder.path / one, kind) for one in files}
    used = [one for one, reason in reasons.items() if not reason]
    faults = [f"{one} ({reason})" for one, reason in reasons.items() if reason]
    counts = dict.fromkeys(folder.classes, 0)
    for one in used:
        counts[one.split("/")[0]] += 1
    unreadable = f"{len(faults):,} of {len(files):,} {kind.noun}s cannot be read"
    check_counts(counts, kind, f" ({unreadable}: {listed(faults)})" if faults else "")
    if len(faults) > MOST_UNREADABLE * len(files):
        raise DataError(
            f"{unreadable}, over 10 %: replace or remove them: {listed(faults)}."
        )
    others = {one for some in folder.classes.values() for one in some} - {*files}
    ignored = [*folder.others, *sorted(others)]
    warnings = {
        f"{unreadable} and are left out: {listed(faults)}.": faults,
        f"Ignored, as no {kind.noun}s of a class ({len(ignored):,}): "
        f"{listed(ignored)}.": ignored,
    }
    return Data(
        path=folder.path,
        task=task,
        goal="classification",
        options={},
        size=sum((folder.path / one).stat().st_size for one in used),
        examples=len(used),
        warnings=[sentence for sentence, names in warnings.items() if names],
    )


def check_counts(counts: dict[str, int], kind: Kind, unreadable: str) -> None:
    """Raise DataError if there are too few classes, or too few files in one."""
    if few := [f"{name} ({n})" for name, n in counts.items() if n < FEWEST_FILES]:
        raise DataError(
            f"Too few {kind.noun}s in {listed(few)}{unreadable}: a class takes at "
            f"least {FEWEST_FILES} that can be read, right in its folder; add some, "
            "or remove the folder."
        )
    if len(counts) < 2:
        raise DataError(
            f"There is one class only, {listed([*counts])}: give a folder with a "
            "sub-folder for each class, and at least two."
        )


def fault(path: Path, kind: Kind) -> str | None:
    """Return why a file cannot be used, or None if it can."""
    if STEERING.search(path.name):
        return "control characters or an unknown encoding in its name"
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait
            return "not a file"
        if not status.st_size:
            return "empty"
        kind.check(path)
    except DamagedError as error:
        return str(error)
    except OSError as error:
        return error.strerror or "cannot be opened"
    return None
