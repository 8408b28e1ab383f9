"""Flatbuffers, walked by offset; every offset is checked before it is followed."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from dlscaffold.models.source import Window
from dlscaffold.models.values import LONGEST_NAME, MalformedError, text
from dlscaffold.models.wire import Budget


@dataclass(frozen=True)
class Table:
    """A table: fields by their place in the schema, with defaults where absent."""

    buffer: Window
    position: int
    budget: Budget

    def number(self, place: int, kind: str = "i", default: int = 0) -> int:
        """Return a number of a `struct` kind."""
        at = self._field(place)
        return unpack(self.buffer, at, kind) if at else default

    def table(self, place: int) -> Table | None:
        """Return the table that a field refers to."""
        at = self._target(place)
        return Table(self.buffer, at, self.budget) if at else None

    def text(self, place: int) -> str:
        """Return a text, which is empty where there is none."""
        at = self._target(place)
        if not at:
            return ""
        length = unpack(self.buffer, at, "I")
        inside(self.buffer, at + 4, length)
        return text(self.buffer.part(at + 4, at + 4 + min(length, LONGEST_NAME + 1)))

    def tables(self, place: int) -> Iterator[Table]:
        """Yield the tables of a vector."""
        for index in range(self.length(place, 4)):
            yield self.table_at(place, index)

    def table_at(self, place: int, index: int) -> Table:
        """Return one table of a vector."""
        self.budget.spend()
        if not 0 <= index < self.length(place, 4):
            raise MalformedError("it refers to something that is not there")
        at = self._target(place) + 4 + 4 * index
        return Table(self.buffer, at + unpack(self.buffer, at, "I"), self.budget)

    def numbers(self, place: int, kind: str = "i") -> list[int]:
        """Return the numbers of a vector."""
        size = struct.calcsize(kind)
        start = self._target(place) + 4
        found = []
        for index in range(self.length(place, size)):
            self.budget.spend()
            found.append(unpack(self.buffer, start + index * size, kind))
        return found

    def length(self, place: int, size: int) -> int:
        """Return how many elements a vector has, each of so many bytes."""
        at = self._target(place)
        if not at:
            return 0
        length = unpack(self.buffer, at, "I")
        inside(self.buffer, at + 4, length * size)
        return length

    def data(self, place: int, at_most: int) -> bytes:
        """Return the start of a vector of bytes."""
        size = min(self.length(place, 1), at_most)
        start = self._target(place) + 4
        return self.buffer.part(start, start + size) if size else b""

    def _field(self, place: int) -> int:
        """Return where a field is stored, or 0 where it is absent."""
        self.budget.spend()
        entries = self.position - unpack(self.buffer, self.position, "i")
        entry = 4 + 2 * place
        if entry + 2 > unpack(self.buffer, entries, "H"):
            return 0
        offset = unpack(self.buffer, entries + entry, "H")
        return self.position + offset if offset else 0

    def _target(self, place: int) -> int:
        at = self._field(place)
        return at + unpack(self.buffer, at, "I") if at else 0


def root(buffer: Window) -> Table:
    """Return the table that the file starts with."""
    return Table(buffer, unpack(buffer, 0, "I"), Budget())


def unpack(buffer: Window, position: int, kind: str) -> int:
    """Return the little-endian number that is stored here."""
    size = struct.calcsize(kind)
    inside(buffer, position, size)
    (value,) = struct.unpack(f"<{kind}", buffer.part(position, position + size))
    return int(value)


def inside(buffer: Window, position: int, size: int) -> None:
    """Raise MalformedError where a part lies beyond the buffer."""
    if position < 0 or position + size > len(buffer):
        raise MalformedError("it refers to what lies beyond its end")
