"""What is known about data once it has been checked, and how its names are shown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dlscaffold.errors import printable

# Control characters, line separators, marks of direction, and undecodable bytes.
STEERING = re.compile("[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
LONGEST_NAME = 200  # characters of a name that a message shows


@dataclass(frozen=True)
class Data:
    """Data that can be used, and how to read it.

    `path` is absolute, `task` is images, table or text, and `goal` classification or
    regression. `options` can be written as JSON: for a file its label, delimiter,
    decimal, encoding and missing, which lists the values that stand for none, and for
    texts in a file the name of their column as text; empty for a folder. `size` is
    in bytes. `examples` are those that can be used. A warning is one sentence.
    """

    path: Path
    task: str
    goal: str
    options: dict[str, object]
    size: int
    examples: int
    warnings: list[str]


def shown(name: str) -> str:
    """Return a name from outside as a message shows it: short, and on one line."""
    half = LONGEST_NAME // 2
    short = f"{name[:half]}...{name[-half:]}" if len(name) > LONGEST_NAME else name
    return printable(short)


def quoted(name: object) -> str:
    """Return a name or path from outside as a message shows it, in quotes."""
    return f'"{shown(str(name))}"'


def listed(names: Sequence[str], most: int = 3) -> str:
    """Return the first names, and how many more there are."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(map(shown, names[:most])) + more
