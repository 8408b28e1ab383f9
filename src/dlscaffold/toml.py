"""TOML files; the standard library reads them from Python 3.11 on."""

import sys
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def read_toml(file: Path) -> dict[str, Any]:
    """Return the values in a file.

    Raises OSError where it cannot be read, and ValueError where it is not TOML.
    """
    values: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
    return values
