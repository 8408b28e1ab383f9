"""Protocol buffers, read field by field where they lie in the file.

What is not asked for is skipped by its length, so weights are never read. The packages
`onnx` and `protobuf` would read whole files, and `protobuf` needs TensorFlow's schemas.
Small messages are read once and kept; a large one is read anew for each question.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dlscaffold.models.bytes.bounds import LONGEST_NAME, Budget, MalformedError, decoded
from dlscaffold.models.bytes.window import Window

DEEPEST = 64
SMALL = 4096  # bytes of a message that is read as a whole
TRUNCATED = "it ends in the middle of a field"
# How a field is stored, by its wire type
VARINT, FIXED_64, LENGTH_DELIMITED, FIXED_32 = 0, 1, 2, 5


@dataclass(slots=True)  # frozen, a million of them take a second longer
class Message:
    """A part of a file that holds a message, a text, bytes or packed numbers."""

    buffer: Window | bytes
    start: int
    end: int
    budget: Budget = field(default_factory=Budget)
    depth: int = 0
    _kept: list[tuple[int, int | Message]] | None = None

    def __len__(self) -> int:
        return self.end - self.start

    def fields(self) -> Iterable[tuple[int, int | Message]]:
        """Return the number and the value of each field."""
        if isinstance(self.buffer, Window):
            return self._read()
        if self._kept is None:
            self._kept = list(self._read())
        return self._kept

    def _read(self) -> Iterator[tuple[int, int | Message]]:
        if self.depth > DEEPEST:
            raise MalformedError("it is nested too deeply")
        position = self.start
        while position < self.end:
            self.budget.spend()
            tag, position = varint(self.buffer, position, self.end)
            number, wire_type = tag >> 3, tag & 7
            value, position = self._value(wire_type, position)
            if number == 0 or position > self.end:
                raise MalformedError(TRUNCATED if number else "a field has no number")
            yield number, value

    def _value(self, wire_type: int, position: int) -> tuple[int | Message, int]:
        if wire_type == VARINT:
            return varint(self.buffer, position, self.end)
        if wire_type == FIXED_64:
            return 0, position + 8
        if wire_type == FIXED_32:
            return 0, position + 4
        if wire_type != LENGTH_DELIMITED:
            raise MalformedError("it is not a protocol buffer")
        length, position = varint(self.buffer, position, self.end)
        after = position + length
        if after > self.end:
            raise MalformedError(TRUNCATED)
        if length <= SMALL and isinstance(self.buffer, Window):
            data = self.buffer.part(position, after)  # bytes are read much faster
            return Message(data, 0, len(data), self.budget, self.depth + 1), after
        part = (self.buffer, position, after)
        return Message(*part, self.budget, self.depth + 1), after

    def every(self, *wanted: int) -> Iterator[Message]:
        """Yield each occurrence of fields that have a length."""
        return (message(value) for number, value in self.fields() if number in wanted)

    def first(self, wanted: int) -> Message | None:
        """Return the first occurrence of a field that has a length."""
        return next(self.every(wanted), None)

    def child(self, wanted: int) -> Message:
        """Return the first occurrence of a message; an absent one is empty."""
        return self.first(wanted) or Message(b"", 0, 0)

    def text(self, wanted: int) -> str:
        """Return a text, which is empty where there is none."""
        return self.child(wanted).as_text()

    def number(self, wanted: int) -> int:
        """Return a 64-bit number; the last one counts, and 0 stands for none."""
        found = (value for number, value in self.fields() if number == wanted)
        numbers = [value for value in found if isinstance(value, int)]
        return signed(numbers[-1]) if numbers else 0

    def numbers(self, wanted: int) -> Iterator[int]:
        """Yield the 64-bit numbers of a repeated field, each by itself or packed."""
        for number, value in self.fields():
            if number != wanted:
                continue
            if isinstance(value, int):
                yield signed(value)
                continue
            position = value.start
            while position < value.end:
                self.budget.spend()
                one, position = varint(value.buffer, position, value.end)
                yield signed(one)

    def as_text(self) -> str:
        """Return what the part holds, as a text."""
        end = min(self.end, self.start + LONGEST_NAME + 1)
        if isinstance(self.buffer, bytes):
            return decoded(self.buffer[self.start : end])
        return decoded(self.buffer.part(self.start, end))


def message(value: int | Message) -> Message:
    """Return the value if it has a length, as a message or a text does."""
    if isinstance(value, int):
        raise MalformedError("a field in it has the wrong type")
    return value


def signed(value: int) -> int:
    """Return a 64-bit number with its sign."""
    return value - (1 << 64) if value >= 1 << 63 else value


def varint(buffer: Window | bytes, position: int, end: int) -> tuple[int, int]:
    """Return the number that starts here, and where the next field starts."""
    byte_at = buffer.__getitem__ if isinstance(buffer, bytes) else buffer.byte
    if position < end and (byte := byte_at(position)) < 0x80:
        return byte, position + 1  # as most are
    value = shift = 0
    while position < end:
        byte = byte_at(position)
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, position
        shift += 7
        if shift > 63:
            raise MalformedError("a number in it is too long")
    raise MalformedError(TRUNCATED)
