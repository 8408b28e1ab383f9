"""The digest that says whether a model is still the same."""

import hashlib
from pathlib import Path

BLOCK = 1 << 20  # bytes of a file that are read at once


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, or of a folder's file names and contents.

    The same as that of a generated project, which cannot be imported from here.
    Raises OSError where something cannot be read.
    """
    total = hashlib.sha256()
    if path.is_file():
        with path.open("rb") as content:
            while block := content.read(BLOCK):
                total.update(block)
        return total.hexdigest()
    for file in sorted(file for file in path.rglob("*") if file.is_file()):
        total.update(file.relative_to(path).as_posix().encode() + b"\0")
        total.update(digest(file).encode())
    return total.hexdigest()
