"""Which versions of Python a layer, and so a project, runs on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from dlscaffold.errors import LayerError
from dlscaffold.layers.choices import MANIFEST
from dlscaffold.layers.layer import Layer

Version = tuple[int, int]  # major and minor: patch releases make no difference here
FIRST: Version = (3, 0)
END: Version = (4, 0)
CLAUSE = re.compile(r"\s*(>=|<)\s*(\d{1,3}\.\d{1,3})\s*")


@dataclass(frozen=True)
class PythonRange:
    """The versions of Python from `least` on and below `below`."""

    least: Version = FIRST
    below: Version = END

    def __contains__(self, version: str) -> bool:
        return self.least <= parse_version(version) < self.below

    def __str__(self) -> str:
        """Return the range as `requires-python` in pyproject.toml has it."""
        return f">={as_text(self.least)},<{as_text(self.below)}"

    @property
    def newest(self) -> str:
        """The newest version in the range, or the oldest if it has no upper bound."""
        major, minor = self.below
        return as_text((major, minor - 1) if minor else self.least)


def parse_range(text: str) -> PythonRange:
    """Return `>=3.11,<3.14`, or either half alone, as a range.

    Raises ValueError for any other operator or form.
    """
    least, below = FIRST, END
    for clause in text.split(","):
        match = CLAUSE.fullmatch(clause)
        if match is None:
            raise ValueError(f"neither >=X.Y nor <X.Y: {clause.strip()}")
        version = parse_version(match[2])
        if match[1] == ">=":
            least = max(least, version)
        else:
            below = min(below, version)
    return PythonRange(least, below)


def parse_version(text: str) -> Version:
    """Return `3.11` as (3, 11); raises ValueError for anything but two numbers."""
    major, minor = text.split(".")
    return int(major), int(minor)


def as_text(version: Version) -> str:
    """Return (3, 11) as `3.11`."""
    return f"{version[0]}.{version[1]}"


def pythons_of(layers: Iterable[Layer]) -> PythonRange:
    """Return the versions that every one of the layers runs on.

    Raises LayerError if a layer's manifest has another form of it.
    """
    found = PythonRange()
    for layer in layers:
        try:
            own = layer.manifest.get("python", str(found))
            found = parse_range(f"{found},{own}")
        except ValueError as error:
            raise LayerError(
                f"{layer.path / MANIFEST}: `python` is {error}; write it as "
                '">=3.11", "<3.14" or ">=3.11,<3.14".'
            ) from error
    return found
