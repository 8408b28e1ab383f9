"""A model as it was named on the command line, and how its bytes are reached."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dlscaffold.inspect.values import MalformedError
from dlscaffold.inspect.wire import Buffer


@dataclass(frozen=True)
class Source:
    """A file or folder, and what the user allows to be done with it."""

    path: Path
    python: str | None = None
    trust: bool = False


@contextmanager
def mapped(path: Path) -> Iterator[Buffer]:
    """Map a file into memory: only what is looked at is read from the disk."""
    if not path.stat().st_size:
        raise MalformedError("it is empty")
    with (
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as buffer,
    ):
        yield buffer
