"""What every reader of untrusted bytes is limited by, and the error it raises."""

from dataclasses import dataclass

MOST_FIELDS = 1_000_000  # a graph of fifty thousand nodes has fewer
LONGEST_NAME = 1000


class MalformedError(ValueError):
    """The file is not what its format says; the text completes `because …`."""


@dataclass
class Budget:
    """The number of fields that may still be read, so that reading always ends."""

    left: int = MOST_FIELDS

    def spend(self) -> None:
        """Count one field."""
        self.left -= 1
        if self.left < 0:
            raise MalformedError(f"it has more than {MOST_FIELDS:,} fields")


def decoded(data: bytes) -> str:
    """Return a name that is stored as UTF-8."""
    if len(data) > LONGEST_NAME:
        raise MalformedError("a name in it is too long")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError("a name in it is not UTF-8") from error
