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

FEWEST = 5  # files of a class
MOST_UNREADABLE = 0.1  # of all files
UNUSABLE = "control characters or an unknown encoding"
LONGEST_TEXT = 1_000_000  # bytes


@dataclass(frozen=True)
class Kind:
    """What the files of a class are; `fault` says why one cannot be used, if so."""

    nouns: str
    suffixes: tuple[str, ...]
    fault: Callable[[Path], str | None]


def read_folder(path: Path, task: str | None) -> Data:
    """Return the data of a folder with a sub-folder for each class.

    Raises DataError if it cannot be used, and OSError if it cannot be read.
    """
    classes, inside, others = listing(path)
    task, files = files_of(path, inside, [task] if task else [*KINDS])
    nouns = KINDS[task].nouns
    reasons = {one: fault(path / one, KINDS[task]) for one in files}
    faults = [f"{one} ({reason})" for one, reason in reasons.items() if reason]
    used = [one for one in files if not reasons[one]]
    unreadable = f"{len(faults):,} of {len(files):,} {nouns} cannot be read"
    left_out = f"{unreadable} and are left out: {listed(faults)}" if faults else ""
    counts = Counter(one.split("/")[0] for one in used)
    if few := [f"{one} ({counts[one]})" for one in classes if counts[one] < FEWEST]:
        why = f" ({left_out})" if faults else ""
        fix = f"add some right in the folder, at least {FEWEST}, or remove it"
        raise DataError(f"Too few {nouns} in {listed(few)}{why}: {fix}.")
    if len(faults) > MOST_UNREADABLE * len(files):
        raise DataError(f"{unreadable}, over 10 %: replace or remove {listed(faults)}.")
    if len(classes) < 2:
        raise DataError(
            f"There is one class only, {listed(classes)}: give at least two."
        )
    warnings = [f"{left_out}."] if faults else []
    if ignored := others + [one for one in inside if one not in reasons]:
        what = f"as no {nouns} of a class ({len(ignored):,})"
        warnings.append(f"Ignored, {what}: {listed(ignored)}.")
    size = sum((path / one).stat().st_size for one in used)
    return Data(path, task, "classification", {}, size, len(used), warnings)


def files_of(path: Path, inside: list[str], tasks: list[str]) -> tuple[str, list[str]]:
    """Return the task that most files are for, pictures if as many, and its files."""
    by_task = {
        task: [
            one for one in inside if Path(one).suffix.lower() in KINDS[task].suffixes
        ]
        for task in tasks
    }
    best = max(tasks, key=lambda task: len(by_task[task]))
    if by_task[best]:
        return best, by_task[best]
    nouns = " or ".join(KINDS[task].nouns for task in tasks)
    endings = ", ".join(one for task in tasks for one in KINDS[task].suffixes)
    raise DataError(
        f"{quoted(path)} has no sub-folders with {nouns} in them ({endings}): put "
        "those of each class into a folder with its name, or give a CSV file."
    )


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
            fix = "put there what it leads to, or remove it"
            raise DataError(f"The link {quoted(name)} leads out of the folder: {fix}.")
        if hidden or entry.is_dir() == ("/" in name):
            others.append(name)
        elif "/" in name:
            files.append(name)
        elif STEERING.search(name):
            raise DataError(f"The name of {quoted(name)} has {UNUSABLE}: rename it.")
        else:
            classes.append(name)
            entries += sorted(entry.iterdir())
    return classes, files, others


def leads_out(link: Path, folder: Path) -> bool:
    """Return whether a link leads to a place outside of a folder."""
    target = Path(os.path.realpath(link))  # unlike `resolve`, for circles too
    return not target.is_relative_to(os.path.realpath(folder))


def fault(path: Path, kind: Kind) -> str | None:
    """Return why a file cannot be used, or None if it can."""
    if STEERING.search(path.name):
        return f"{UNUSABLE} in its name"
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
    "text": Kind("texts", (".txt",), fault_of_text),
}
