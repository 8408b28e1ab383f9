"""Untrusted ZIP archives: members are few and small, are read and never unpacked."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from dlscaffold.models.bytes.bounds import MalformedError

MOST_MEMBERS = 100_000
LARGEST_DIRECTORY = 32 << 20
LARGEST_TEXT = 8 << 20  # bytes of a member that is read; parsed, it takes far more
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What reading a damaged archive raises; NotImplementedError is a RuntimeError.
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(EOFError, OverflowError, RuntimeError, UnicodeDecodeError),
)
END = struct.Struct("<4s4H2LH")
LOCATOR = struct.Struct("<4sLQL")
END_64 = struct.Struct("<4sQ2H2L4Q")


class Archive:
    """An open archive whose members' names have been checked."""

    def __init__(self, opened: zipfile.ZipFile) -> None:
        self._opened = opened
        self.members = {info.filename: info for info in opened.infolist()}
        if len(self.members) != len(opened.infolist()):
            raise MalformedError("two members of the archive have one name")
        for name in self.members:
            parts = PurePosixPath(name.replace("\\", "/")).parts
            # It would land outside of its folder.
            if not parts or name[:1] in "/\\" or ".." in parts or ":" in parts[0]:
                raise MalformedError(
                    f"the archive reaches outside of itself with {name!r}"
                )

    def find(self, ending: str) -> str | None:
        """Return the member at the top or one folder down that has this path."""
        found = (n for n in self.members if ending in (n, n.partition("/")[2]))
        return next(found, None)

    def read(self, ending: str, at_most: int = LARGEST_TEXT) -> bytes:
        """Return the bytes of a member, which may not be more than so many."""
        name = self.find(ending)
        if name is None:
            raise MalformedError(f"{ending} is missing in it")
        return self.read_member(name, at_most)

    def read_member(self, name: str, at_most: int = LARGEST_TEXT) -> bytes:
        """Return the bytes of the member of exactly this name."""
        info = self.members[name]
        if info.flag_bits & 1 or info.compress_type not in METHODS:
            raise MalformedError(f"{name} in it is encrypted or oddly compressed")
        with self._opened.open(info) as member:
            data = member.read(at_most + 1)
        if len(data) > at_most:
            raise MalformedError(f"{name} in it takes more than {at_most >> 20} MB")
        return data


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open an archive; what is wrong with it is a MalformedError."""
    try:
        with path.open("rb") as file:
            check_directory(file)
            with zipfile.ZipFile(file) as archive:
                yield Archive(archive)
    except BROKEN as error:
        raise MalformedError("the archive is damaged") from error


def check_directory(file: BinaryIO) -> None:
    """Raise MalformedError where the list of members alone would fill the memory."""
    size = file.seek(0, 2)
    start = max(0, size - END.size - LOCATOR.size - 0x10000)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or at + END.size > len(tail):
        raise MalformedError("the archive has no end")
    _, _, _, _, members, directory, _, _ = END.unpack_from(tail, at)
    if at >= LOCATOR.size and tail[at - LOCATOR.size :].startswith(b"PK\6\7"):
        _, _, position, _ = LOCATOR.unpack_from(tail, at - LOCATOR.size)
        file.seek(min(position, size))
        record = file.read(END_64.size)
        # zipfile looks right before the locator instead of where the locator says.
        before = tail[max(0, at - LOCATOR.size - END_64.size) : at - LOCATOR.size]
        if record != before or len(record) != END_64.size:
            raise MalformedError("the archive's end contradicts itself")
        members, directory = END_64.unpack(record)[7:9]
    if members > MOST_MEMBERS or directory > LARGEST_DIRECTORY:
        raise MalformedError(f"the archive has more than {MOST_MEMBERS:,} members")
