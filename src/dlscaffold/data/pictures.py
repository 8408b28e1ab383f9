"""Whether a file is a whole picture: how it begins and ends, not its pixels.

Training leaves out what cannot be decoded for other reasons.
"""

import math
import os
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp"})
MOST_PIXELS = 16_000_000  # as in a project's `open_picture`
HEAD, TAIL = 1 << 18, 1 << 12  # bytes in which the size and the end usually are
MOST_BYTES = 1 << 26  # searched for the end where it is not in the tail


@dataclass(frozen=True)
class Format:
    """How files of a format begin and end.

    `head` finds width and height, which `size` unpacks, or the length that a file
    states, `beside` a number of bytes. What is not found is not checked.
    """

    signature: bytes
    head: bytes
    size: str = ""
    end: bytes = b""
    beside: int = 0


FORMATS = (
    Format(b"\x89PNG\r\n\x1a\n", rb".{12}IHDR(?P<size>.{8})", ">LL", rb"IEND.{4}"),
    Format(
        b"\xff\xd8\xff",
        # The last frame: one before it is that of a thumbnail.
        rb"...(?:.*\xff[\xc0-\xc2]\0[\x0b\x11\x14]\x08(?P<size>.{4}))?",
        ">HH",
        rb"\xff\xd9",
    ),
    Format(b"GIF8", rb".{6}(?P<size>.{4})", "<HH", rb";\0*\Z"),
    Format(b"BM", rb"..(?P<length>.{4}).{12}(?P<size>.{8})", "<ll"),
    Format(b"RIFF", rb".{4}(?P<length>.{4})WEBP", beside=8),
)


def fault(path: Path) -> str | None:
    """Return why a file is no picture that can be used, or None if it is one."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        kind = next((one for one in FORMATS if head.startswith(one.signature)), None)
        if kind is None:
            return "not a picture"
        found = re.match(kind.head, head, re.DOTALL)
        if found is None:
            return "damaged"
        if not is_whole(file, kind, found):
            return "truncated"
    size = found.groupdict().get("size")
    pixels = math.prod(struct.unpack(kind.size, size)) if size else 1
    if not pixels:
        return "damaged"
    return "more than 16 million pixels" if abs(pixels) > MOST_PIXELS else None


def is_whole(file: BinaryIO, kind: Format, found: re.Match[bytes]) -> bool:
    """Return whether a file is as long as it states, or its end follows its head."""
    length = file.seek(0, os.SEEK_END)
    if stated := found.groupdict().get("length"):
        return int.from_bytes(stated, "little") + kind.beside <= length
    for start in (max(length - TAIL, found.end()), found.end()):
        file.seek(start)
        if re.search(kind.end, file.read(MOST_BYTES), re.DOTALL):
            return True
    return False
