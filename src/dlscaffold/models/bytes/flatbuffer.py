"""Flatbuffers, read by offset; every offset is checked before it is followed."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partialmethod

from dlscaffold.models.bytes.bounds import LONGEST_NAME, Budget, MalformedError, decoded
from dlscaffold.models.bytes.window import Window


@dataclass(frozen=True)
class Table:
    """A table, whose fields may be absent: a number is 0 then, a text is empty."""

    buffer: Window
    position: int
    budget: Budget

    def table(self, field: int) -> Table | None:
        """Return the table that a field refers to."""
        at = self._target(field)
        return Table(self.buffer, at, self.budget) if at else None

    def text(self, field: int) -> str:
        """Return a text."""
        return decoded(self.data(field, LONGEST_NAME + 1))

    def tables(self, field: int) -> Iterator[Table]:
        """Yield the tables of a vector."""
        for index in range(self.length(field)):
            yield self.table_at(field, index)

    def table_at(self, field: int, index: int) -> Table:
        """Return one table of a vector."""
        self.budget.spend()
        start, length = self._vector(field, 4)
        if not 0 <= index < length:
            raise MalformedError("it refers to something that is not there")
        at = start + 4 * index
        return Table(self.buffer, at + unpack(self.buffer, at, "I"), self.budget)

    def int32s(self, field: int) -> Iterator[int]:
        """Yield the numbers of a vector."""
        start, length = self._vector(field, 4)
        for index in range(length):
            self.budget.spend()
            yield unpack(self.buffer, start + index * 4, "i")

    def length(self, field: int, size: int = 4) -> int:
        """Return how many elements a vector has, each of so many bytes."""
        return self._vector(field, size)[1]

    def data(self, field: int, at_most: int) -> bytes:
        """Return the start of a vector of bytes."""
        start, length = self._vector(field, 1)
        return self.buffer.part(start, start + min(length, at_most)) if length else b""

    def _vector(self, field: int, size: int) -> tuple[int, int]:
        """Return where the elements of a vector start, and how many there are."""
        at = self._target(field)
        if not at:
            return 0, 0
        length = unpack(self.buffer, at, "I")
        check_inside(self.buffer, at + 4, length * size)
        return at + 4, length

    def _number(self, field: int, kind: str) -> int:
        """Return the number in a field; each kind is that of `struct`."""
        at = self._position(field)
        return unpack(self.buffer, at, kind) if at else 0

    int8 = partialmethod(_number, kind="b")
    uint8 = partialmethod(_number, kind="B")
    int32 = partialmethod(_number, kind="i")
    uint32 = partialmethod(_number, kind="I")

    def _position(self, field: int) -> int:
        """Return where a field is stored, or 0 where it is absent."""
        self.budget.spend()
        entries = self.position - unpack(self.buffer, self.position, "i")
        entry = 4 + 2 * field
        if entry + 2 > unpack(self.buffer, entries, "H"):
            return 0
        offset = unpack(self.buffer, entries + entry, "H")
        return self.position + offset if offset else 0

    def _target(self, field: int) -> int:
        at = self._position(field)
        return at + unpack(self.buffer, at, "I") if at else 0


def root(buffer: Window) -> Table:
    """Return the table that the file starts with."""
    return Table(buffer, unpack(buffer, 0, "I"), Budget())


def unpack(buffer: Window, position: int, kind: str) -> int:
    """Return the little-endian number of a `struct` kind that is stored here."""
    size = struct.calcsize(kind)
    check_inside(buffer, position, size)
    (value,) = struct.unpack(f"<{kind}", buffer.part(position, position + size))
    return int(value)


def check_inside(buffer: Window, position: int, size: int) -> None:
    """Raise MalformedError where a part lies beyond the buffer."""
    if position < 0 or position + size > len(buffer):
        raise MalformedError("it refers to what lies beyond its end")
