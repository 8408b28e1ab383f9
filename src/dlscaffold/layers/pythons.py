"""Which versions of Python a project runs on, and which interpreter fits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from dlscaffold.layers.catalog import Layer

Version = tuple[int, int]  # major and minor: patch releases do not matter here
ANY: Version = (3, 0)
NONE: Version = (4, 0)


@dataclass(frozen=True)
class PythonRange:
    """The versions from `least` on and below `below`."""

    least: Version = ANY
    below: Version = NONE

    def __contains__(self, version: str) -> bool:
        return self.least <= parse_version(version) < self.below

    def __and__(self, other: PythonRange) -> PythonRange:
        """Return the versions that are in both."""
        return PythonRange(max(self.least, other.least), min(self.below, other.below))

    def __str__(self) -> str:
        """Return it as `requires-python` in pyproject.toml has it."""
        return f">={as_text(self.least)},<{as_text(self.below)}"


def parse_version(text: str) -> Version:
    """Return `3.11` as (3, 11); raises ValueError for anything but two numbers."""
    major, minor = text.split(".")
    return int(major), int(minor)


def as_text(version: Version) -> str:
    """Return (3, 11) as `3.11`."""
    return f"{version[0]}.{version[1]}"


def parse_range(text: str) -> PythonRange:
    """Return `>=3.11,<3.14`, or one half of it, as a range.

    Raises ValueError for any other operator or form.
    """
    found = PythonRange()
    for clause in text.split(","):
        match = re.fullmatch(r"\s*(>=|<)\s*(\d{1,3}\.\d{1,3})\s*", clause)
        if match is None:
            raise ValueError(f"neither >=X.Y nor <X.Y: {clause.strip()}")
        version = parse_version(match[2])
        is_least = match[1] == ">="
        found &= PythonRange(least=version) if is_least else PythonRange(below=version)
    return found


def pythons_of(layers: Iterable[Layer]) -> PythonRange:
    """Return the versions that every one of the layers runs on."""
    found = PythonRange()
    for layer in layers:
        if "python" in layer.manifest:
            found &= parse_range(layer.manifest["python"])
    return found
