"""A file's bytes by position."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from dlscaffold.models.bytes.bounds import MalformedError

WINDOW = 4096  # bytes that are read at once


class Window:
    """A file's bytes by position, of which few are in memory at a time.

    Not a memory map: how much of the file that keeps in memory is the system's choice,
    and a file that is cut short while it is mapped ends the process.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = file.seek(0, 2)
        self._start = 0
        self._bytes = b""

    def __len__(self) -> int:
        return self._size

    def byte(self, position: int) -> int:
        """Return one byte."""
        offset = position - self._start
        if not 0 <= offset < len(self._bytes):
            self._start, offset = position, 0
            self._bytes = self._read(position, WINDOW)
        return self._bytes[offset]

    def part(self, start: int, end: int) -> bytes:
        """Return the bytes from one position up to another."""
        offset, size = start - self._start, end - start
        if offset >= 0 and offset + size <= len(self._bytes):
            return self._bytes[offset : offset + size]
        if size > WINDOW:
            return self._read(start, size)
        self._start, self._bytes = start, self._read(start, WINDOW)
        return self._bytes[:size]

    def _read(self, start: int, size: int) -> bytes:
        self._file.seek(start)
        wanted = min(size, self._size - start)
        data = self._file.read(wanted)
        if len(data) < wanted or wanted < 1:  # cut short since it was opened
            raise MalformedError("it ends before it should")
        return data


@contextmanager
def opened(path: Path) -> Iterator[Window]:
    """Open a file; only what is looked at is read from the disk."""
    with path.open("rb", buffering=0) as file:
        yield Window(file)
