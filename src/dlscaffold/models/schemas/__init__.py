"""The fields of each schema that the readers use, under their official names.

`tests/e2e/test_schemas.py` compares the tables with the packages that define them.
"""

from __future__ import annotations

import sys
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


class Table:
    """The fields of a message or the values of an enumeration: numbers by name."""

    def __init__(self, numbers: dict[str, int]) -> None:
        self.__dict__.update(numbers)
        self._names = {number: name for name, number in numbers.items()}

    def __getattr__(self, name: str) -> int:
        raise AttributeError(f"there is no {name}")

    def name_of(self, number: object) -> str | None:
        """Return the name of a number, if it is one and has one."""
        return self._names.get(number) if isinstance(number, int) else None


class Schema:
    """The tables of a file in this folder; a nested one has its own name."""

    def __init__(self, name: str) -> None:
        file = Path(__file__).with_name(f"{name}.toml")
        tables = tomllib.loads(file.read_text("utf-8"))
        for path, numbers in tables.items():
            setattr(self, path.rpartition(".")[2], Table(numbers))

    def __getattr__(self, name: str) -> Table:
        raise AttributeError(f"the schema has no {name}")
