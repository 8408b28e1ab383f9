"""Whether a file is a whole picture: its header and structure, not its pixels."""

import os
import zlib
from collections.abc import Callable
from pathlib import Path
from struct import unpack
from typing import BinaryIO

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp"})
MOST_PIXELS = 16_000_000
MOST_BLOCKS = 200_000  # of one file
MOST_BYTES = 1 << 26  # searched for the end of a JPEG
TAIL = 4096  # bytes in which a JPEG usually ends
FRAMES = frozenset({0xC0, 0xC1, 0xC2})  # JPEG: baseline, extended, progressive


class DamagedError(Exception):
    """The file is no picture that can be used; the message is the reason."""


def check(path: Path) -> None:
    """Raise DamagedError with the reason if a file is no picture that can be used."""
    with path.open("rb") as file:
        head = file.read(8)
        reader = next(
            (READERS[mark] for mark in READERS if head.startswith(mark)), None
        )
        if not reader:
            raise DamagedError("not a picture")
        width, height = reader(file)
    if not (width and height):
        raise DamagedError("damaged")
    if width * height > MOST_PIXELS:
        raise DamagedError("more than 16 million pixels")


def part(file: BinaryIO, start: int, length: int) -> bytes:
    """Return bytes of a file; raises DamagedError where it ends before."""
    file.seek(start)
    data = file.read(length)
    if len(data) < length:
        raise DamagedError("truncated")
    return data


def png(file: BinaryIO) -> tuple[int, int]:
    """Return the width and height; every chunk is there, up to the last."""
    header = part(file, 12, 17)  # its name, width, height and mode
    if header[:4] != b"IHDR" or part(file, 29, 4) != zlib.crc32(header).to_bytes(
        4, "big"
    ):
        raise DamagedError("damaged")
    start, pixels = 33, False
    for _ in range(MOST_BLOCKS):
        length, kind = unpack(">L4s", part(file, start, 8))
        part(file, start + 8 + length, 4)
        if kind == b"IEND" and pixels:
            width, height = unpack(">LL", header[4:12])
            return width, height
        if not kind.isalpha():
            break
        pixels = pixels or kind == b"IDAT"
        start += 12 + length
    raise DamagedError("damaged")


def jpeg(file: BinaryIO) -> tuple[int, int]:
    """Return the width and height; the end is there."""
    start, size = 2, (0, 0)
    for _ in range(MOST_BLOCKS):
        mark, code = part(file, start, 2)
        if mark != 0xFF:
            break
        if code == 0xFF:  # a fill byte
            start += 1
            continue
        (length,) = unpack(">H", part(file, start + 2, 2))
        if code in FRAMES:
            height, width = unpack(">HH", part(file, start + 5, 4))
            size = width, height
        start += 2 + length
        if code == 0xDA:
            ends_after(file, start)
            return size
    raise DamagedError("damaged")


def ends_after(file: BinaryIO, start: int) -> None:
    """Check that a JPEG's end follows its first scan, perhaps with more behind it."""
    tail = max(start, file.seek(0, os.SEEK_END) - TAIL)
    for place in (tail, start):
        file.seek(place)
        if b"\xff\xd9" in file.read(MOST_BYTES):
            return
    raise DamagedError("truncated")


def gif(file: BinaryIO) -> tuple[int, int]:
    """Return the width and height; the mark of the end is there."""
    width, height = unpack("<HH", part(file, 6, 4))
    file.seek(-min(TAIL, file.seek(0, os.SEEK_END)), os.SEEK_END)
    if not file.read().rstrip(b"\0").endswith(b";"):
        raise DamagedError("truncated")
    return width, height


def bmp(file: BinaryIO) -> tuple[int, int]:
    """Return the width and height; all rows are there."""
    total, offset, header = unpack("<L4xLL", part(file, 2, 16))
    form, length = ("<HH2xH", 8) if header == 12 else ("<ll2xHL", 16)
    width, height, bits, *packed = unpack(form, part(file, 18, length))
    if width < 0 or bits not in (1, 2, 4, 8, 16, 24, 32):
        raise DamagedError("damaged")
    rows = (width * bits + 31) // 32 * 4 * abs(height)
    compressed = packed not in ([], [0], [3])
    last = total if compressed else offset + rows
    if file.seek(0, os.SEEK_END) < last:
        raise DamagedError("truncated")
    return width, abs(height)


def webp(file: BinaryIO) -> tuple[int, int]:
    """Return the width and height; it is as long as it says."""
    length, mark, kind = unpack("<L4s4s", part(file, 4, 12))
    if mark != b"WEBP":
        raise DamagedError("not a picture")
    if file.seek(0, os.SEEK_END) < length + 8:
        raise DamagedError("truncated")
    if kind == b"VP8 ":
        width, height = unpack("<HH", part(file, 26, 4))
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        (bits,) = unpack("<L", part(file, 21, 4))
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X":
        sizes = part(file, 24, 6)
        width, height = (int.from_bytes(sizes[i : i + 3], "little") for i in (0, 3))
        return width + 1, height + 1
    raise DamagedError("damaged")


READERS: dict[bytes, Callable[[BinaryIO], tuple[int, int]]] = {
    b"\x89PNG\r\n\x1a\n": png,
    b"\xff\xd8\xff": jpeg,
    b"GIF87a": gif,
    b"GIF89a": gif,
    b"BM": bmp,
    b"RIFF": webp,
}
