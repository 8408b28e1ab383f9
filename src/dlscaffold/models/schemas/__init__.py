"""The fields of each schema that the readers use, under their official names.

`tests/e2e/test_schemas.py` compares every table with the package that defines it.
"""

from __future__ import annotations


class Fields:
    """A message or table of a schema: the number of each field that is used, by name.

    The first argument is the message's name in the official schema.
    """

    def __init__(self, message: str, /, **numbers: int) -> None:
        self.__dict__.update(numbers, _message=message)

    def __getattr__(self, name: str) -> int:
        raise AttributeError(f"{self._message} has no field {name}")


def numbered(names: str, start: int = 0) -> dict[int, str]:
    """Return names by number; they are separated by spaces."""
    return dict(enumerate(names.split(), start))
