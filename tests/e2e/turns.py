"""Whose turn it is: tests in several processes, of which some want to be alone."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(tempfile.gettempdir())


@contextmanager
def turn(*, alone: bool) -> Iterator[None]:
    """Wait until this machine is free: of all tests, or of those that are alone."""
    import fcntl  # not on Windows, where the fast tests read this file too

    with (
        (FOLDER / "dlscaffold-next").open("w") as following,
        (FOLDER / "dlscaffold-machine").open("w") as machine,
    ):
        # Whoever waits for the machine is the next one: nobody can go ahead of it.
        fcntl.flock(following, fcntl.LOCK_EX)
        fcntl.flock(machine, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(following, fcntl.LOCK_UN)
        yield
