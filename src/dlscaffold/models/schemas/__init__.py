"""The fields of each schema that the readers use, under their official names.

`tests/e2e/test_schemas.py` compares the tables with the packages that define them.
"""

from pathlib import Path

from dlscaffold.toml import read_toml


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
        tables = read_toml(Path(__file__).with_name(f"{name}.toml"))
        for path, numbers in tables.items():
            setattr(self, path.rpartition(".")[2], Table(numbers))

    def __getattr__(self, name: str) -> Table:
        raise AttributeError(f"the schema has no {name}")
