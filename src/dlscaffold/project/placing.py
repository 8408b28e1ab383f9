"""Put what was generated where it belongs, whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dlscaffold.errors import ScaffoldError
from dlscaffold.running.processes import ending_cleanly


def refuse_taken(destination: Path) -> None:
    """Raise ScaffoldError if something is there that a project would disturb."""
    if not os.path.lexists(destination):
        return
    if destination.resolve() == Path.cwd():
        raise ScaffoldError(
            f"{destination} is the folder that you are in, and would be replaced; "
            "name a new one in it."
        )
    is_folder = destination.is_dir() and not destination.is_symlink()
    if is_folder and not any(destination.iterdir()):
        return
    raise ScaffoldError(
        f"{destination} already exists; choose another name, or another folder with -o."
    )


@contextmanager
def staging() -> Iterator[Path]:
    """Yield a temporary folder, which is removed even if this process is terminated.

    Raises ScaffoldError where it cannot be written to.
    """
    with (
        ending_cleanly(),
        _one_sentence(Path(tempfile.gettempdir()), "make room, or set TMPDIR"),
        tempfile.TemporaryDirectory(prefix="dlscaffold-") as folder,
    ):
        yield Path(folder)


def move(staged: Path, destination: Path) -> None:
    """Put the finished folder in place by one rename, which succeeds whole or fails.

    Raises ScaffoldError where it cannot be put there.
    """
    with (
        _one_sentence(destination, "choose another folder"),
        _parents(destination),
    ):
        if _same_device(staged, destination.parent):
            _replace_empty(staged, destination)
            return
        # A rename does not cross devices: copy beside the destination first.
        with tempfile.TemporaryDirectory(
            dir=destination.parent, prefix=".dlscaffold-"
        ) as beside:
            copy = Path(beside) / staged.name
            shutil.copytree(staged, copy)
            _replace_empty(copy, destination)


@contextmanager
def _parents(destination: Path) -> Iterator[None]:
    """Make the folders above; remove those that are new if it fails."""
    above = list(destination.parents)
    new = [folder for folder in above if not folder.exists()]
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for folder in new:
            with suppress(OSError):
                folder.rmdir()
        raise


def _replace_empty(staged: Path, destination: Path) -> None:
    if destination.is_dir():
        destination.rmdir()
    staged.rename(destination)


def _same_device(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev


@contextmanager
def _one_sentence(path: Path, fix: str) -> Iterator[None]:
    """Turn an error of the system into one sentence with the path and the fix."""
    try:
        yield
    except OSError as error:
        # copytree collects a list of errors, of which any says why.
        many = error.args[0] if isinstance(error, shutil.Error) else []
        reason = str(many[0][-1]) if many else error.strerror or str(error)
        raise ScaffoldError(f"Cannot write {path} ({reason}); {fix}.") from error
