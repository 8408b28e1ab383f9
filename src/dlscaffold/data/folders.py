"""A folder with one sub-folder a class, which holds pictures or texts."""

import os
import stat
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dlscaffold.data import pictures
from dlscaffold.data.description import STEERING, Data
from dlscaffold.errors import DataError, listed, quoted

FEWEST_FILES = 5  # of a class
MOST_UNREADABLE = 0.1  # of all files
LONGEST_TEXT = 1_000_000  # bytes


@dataclass(frozen=True)
class Kind:
    """What the files of a class are; `fault` says why one cannot be used, if so."""

    nouns: str
    suffixes: frozenset[str]
    fault: Callable[[Path], str | None]


def read_folder(path: Path, task: str | None) -> Data:
    """Return the data of a folder with a sub-folder for each class.

    Raises DataError if it cannot be used, and OSError if it cannot be read.
    """
    classes, inside, others = listing(path)
    by_task = {
        name: [one for one in inside if Path(one).suffix.lower() in kind.suffixes]
        for name, kind in KINDS.items()
        if task in (None, name)
    }
    best = max(by_task, key=lambda name: len(by_task[name]))  # pictures, if as many
    if not by_task[best]:
        nouns = " or ".join(KINDS[name].nouns for name in by_task)
        suffixes = [one for name in by_task for one in sorted(KINDS[name].suffixes)]
        raise DataError(
            f"{quoted(path)} has no sub-folders with {nouns} in them "
            f"({', '.join(suffixes)}): put those of each class into a folder with its "
            "name, or give a CSV file."
        )
    nouns, files = KINDS[best].nouns, by_task[best]
    reasons = {one: fault(path / one, KINDS[best]) for one in files}
    faults = [f"{one} ({reason})" for one, reason in reasons.items() if reason]
    used = [one for one in files if not reasons[one]]
    unreadable = f"{len(faults):,} of {len(files):,} {nouns} cannot be read"
    warnings = [f"{unreadable} and are left out: {listed(faults)}."] if faults else []
    check_classes(
        classes, used, nouns, f" ({unreadable}: {listed(faults)})" if faults else ""
    )
    if len(faults) > MOST_UNREADABLE * len(files):
        raise DataError(
            f"{unreadable}, over 10 %: replace or remove them: {listed(faults)}."
        )
    if ignored := others + [one for one in inside if one not in reasons]:
        count = f"{len(ignored):,}"
        warnings.append(
            f"Ignored, as no {nouns} of a class ({count}): {listed(ignored)}."
        )
    size = sum((path / one).stat().st_size for one in used)
    return Data(path, best, "classification", {}, size, len(used), warnings)


def listing(path: Path) -> tuple[list[str], list[str], list[str]]:
    """Return the classes of a folder, the files in them, and what else there is.

    All names are relative to the folder, with `/` on every system; no file is opened.
    Raises DataError if a link leads out of it, and OSError if it cannot be read.
    """
    classes, files, others = [], [], []
    entries = sorted(path.iterdir())
    for entry in entries:  # to which those in each class are added
        name, hidden = entry.relative_to(path).as_posix(), entry.name.startswith(".")
        if not hidden and entry.is_symlink() and leads_out(entry, path):
            raise DataError(
                f"The link {quoted(name)} leads out of the folder of the data: put "
                "what it leads to in its place, or remove it."
            )
        if hidden or entry.is_dir() == ("/" in name):
            others.append(name)
        elif "/" in name:
            files.append(name)
        elif STEERING.search(name):
            raise DataError(
                f"The name of the folder {quoted(name)} has control characters or an "
                "unknown encoding: rename it."
            )
        else:
            classes.append(name)
            entries += sorted(entry.iterdir())
    return classes, files, others


def leads_out(link: Path, folder: Path) -> bool:
    """Return whether a link leads to a place outside of a folder."""
    target = Path(os.path.realpath(link))  # unlike `resolve`, for circles too
    return not target.is_relative_to(os.path.realpath(folder))


def check_classes(classes: list[str], used: list[str], nouns: str, why: str) -> None:
    """Raise DataError if there are too few classes, or, and why, files in one."""
    counts = Counter(one.split("/")[0] for one in used)
    few = [f"{one} ({counts[one]})" for one in classes if counts[one] < FEWEST_FILES]
    if few:
        raise DataError(
            f"Too few {nouns} in {listed(few)}{why}: a class takes at least "
            f"{FEWEST_FILES} that can be read, right in its folder; add some, or "
            "remove the folder."
        )
    if len(classes) < 2:
        raise DataError(
            f"There is one class only, {listed(classes)}: give a folder with a "
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
        return kind.fault(path) if status.st_size else "empty"
    except OSError as error:
        return error.strerror or "cannot be opened"


def fault_of_text(path: Path) -> str | None:
    """Return why a file is no text that can be used, or None if it is one."""
    if path.stat().st_size > LONGEST_TEXT:
        return "larger than 1 MB"
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return "not UTF-8"
    return None if text.strip() and "\0" not in text else "not a text"


KINDS = {
    "images": Kind("pictures", pictures.SUFFIXES, pictures.fault),
    "text": Kind("texts", frozenset({".txt"}), fault_of_text),
}
