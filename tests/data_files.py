"""Pictures, tables and texts of every kind that is read, made byte by byte."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from dlscaffold.data import Data, read
from dlscaffold.errors import DataError


def png(width: int = 6, height: int = 4) -> bytes:
    """Return a grey PNG; its pixels are not there if they would be very many."""
    rows = (b"\0" + bytes(width)) * height if width * height < 10_000 else b""
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(data))
        + name
        + data
        + struct.pack(">L", zlib.crc32(name + data))
        for name, data in (
            (b"IHDR", struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0)),
            (b"tEXt", b"Comment\0a test"),
            (b"IDAT", zlib.compress(rows)),
            (b"IEND", b""),
        )
    )


def jpeg(width: int = 6, height: int = 4) -> bytes:
    """Return a JPEG's structure, with a thumbnail's end in front of the frame."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0"
    scan = b"\1\1\0\0\x3f\0"
    return b"".join(
        (
            b"\xff\xd8",
            b"\xff\xe1" + struct.pack(">H", 14) + b"Exif\0\0\xff\xd8\1\2\xff\xd9",
            b"\xff\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame,
            b"\xff\xda" + struct.pack(">H", len(scan) + 2) + scan,
            b"\x12\x34\xff\0\x56" * 8 + b"\xff\xd9",
        )
    )


def gif(width: int = 6, height: int = 4) -> bytes:
    """Return a GIF of two colours."""
    screen = struct.pack("<HHBBB", width, height, 0x80, 0, 0)
    picture = struct.pack("<4HB", 0, 0, width, height, 0) + b"\2\2\x4c\1\0"
    return b"GIF89a" + screen + bytes(6) + b"," + picture + b";"


def bmp(width: int = 6, height: int = 4) -> bytes:
    """Return a BMP of 24 bits; its pixels are not there if they would be very many."""
    size = (width * 24 + 31) // 32 * 4 * height
    header = struct.pack("<LllHHLLllLL", 40, width, -height, 1, 24, 0, size, 0, 0, 0, 0)
    start = struct.pack("<LLL", (54 + size) & 0xFFFFFFFF, 0, 54)
    return b"BM" + start + header + bytes(size if size < 10_000 else 1)


def webp(width: int = 6, height: int = 4) -> bytes:
    """Return a lossless WEBP's structure."""
    bits = struct.pack("<BL", 0x2F, (width - 1) | (height - 1) << 14)
    chunk = b"VP8L" + struct.pack("<L", 16) + bits + bytes(11)
    return b"RIFF" + struct.pack("<L", 4 + len(chunk)) + b"WEBP" + chunk


def webp_lossy() -> bytes:
    """Return a lossy WEBP's structure."""
    chunk = b"VP8 " + struct.pack("<L", 10) + b"\0\0\0\x9d\1\x2a" + b"\6\0\4\0"
    return b"RIFF" + struct.pack("<L", 4 + len(chunk)) + b"WEBP" + chunk


def webp_extended() -> bytes:
    """Return the structure of a WEBP with a canvas."""
    chunk = b"VP8X" + struct.pack("<L", 10) + bytes(4) + b"\5\0\0\3\0\0"
    return b"RIFF" + struct.pack("<L", 4 + len(chunk)) + b"WEBP" + chunk


PICTURES: dict[str, Callable[..., bytes]] = {
    "png": png,
    "jpg": jpeg,
    "gif": gif,
    "bmp": bmp,
    "webp": webp,
}


def folder(root: Path, files: dict[str, bytes]) -> Path:
    """Write files by their names, with the folders that they are in."""
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def two_classes(root: Path, count: int = 30) -> Path:
    """Write pictures of the classes cat and dog."""
    names = [f"{name}/{n}.png" for name in ("cat", "dog") for n in range(count)]
    return folder(root, dict.fromkeys(names, png()))


def rows(count: int = 40) -> list[list[str]]:
    """Return the rows of a table: size, colour, kind; two kinds that alternate."""
    return [
        [f"{number / 7:.3f}", ("red", "blue")[number % 2], "ab"[number // 2 % 2]]
        for number in range(count)
    ]


HEADER = ["size", "colour", "kind"]


def table(
    path: Path,
    body: Sequence[Sequence[str]],
    header: Sequence[str] = HEADER,
    delimiter: str = ",",
) -> Path:
    """Write a table as it is, without quotes, so that it can be wrong."""
    lines = [delimiter.join(row) for row in [header, *body]]
    path.write_bytes("\n".join([*lines, ""]).encode())
    return path


def refusal(
    path: Path,
    label: str | None = None,
    task: str | None = None,
    text: str | None = None,
) -> str:
    """Return the one sentence that data is refused with, as it is printed."""
    with pytest.raises(DataError) as caught:
        read(path, task, label, text)
    message = caught.value.format_message()
    assert message.endswith((".", "?"))
    assert message.isprintable()
    assert len(message) < 2_000
    return message


def survives(
    path: Path,
    task: str | None = None,
    label: str | None = None,
    text: str | None = None,
) -> Data | None:
    """Return the data, or None where it is refused; nothing else may happen."""
    try:
        found = read(path, task, label, text)
    except DataError as error:
        found, sentences = None, [error.format_message()]
    else:
        sentences = found.warnings
    assert all(sentence.isprintable() for sentence in sentences)
    return found
