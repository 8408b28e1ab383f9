"""What is known about data once it has been checked, and what names may not have."""

import re
from dataclasses import dataclass
from pathlib import Path

# Control characters, line separators, marks of direction, and undecodable bytes.
STEERING = re.compile("[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


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
