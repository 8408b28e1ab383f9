"""Errors that a person can cause, each one sentence with the cause and the fix."""

from collections.abc import Sequence

import click

LONGEST_NAME = 200  # characters of a name that a message shows


def printable(text: str) -> str:
    """Return a text from outside without what would steer the terminal."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def quoted(name: object) -> str:
    """Return a name or path from outside as a message shows it, in quotes."""
    return f'"{listed([str(name)])}"'


def listed(names: Sequence[str], most: int = 3) -> str:
    """Return the first names from outside, shortened, and how many more there are."""
    half = LONGEST_NAME // 2
    first = [
        f"{name[:half]}...{name[-half:]}" if len(name) > LONGEST_NAME else name
        for name in names[:most]
    ]
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(map(printable, first)) + more


class ScaffoldError(click.ClickException):
    """A failure that the user can fix; Click prints it on standard error."""

    def format_message(self) -> str:
        """Return the message; a file's name in it cannot steer the terminal."""
        return "\n".join(map(printable, self.message.split("\n")))


class LayerError(ScaffoldError):
    """The layers are at fault: two bring one file, or a template does not render."""


class UsageError(ScaffoldError):
    """The command's arguments do not fit together."""

    exit_code = 2


class DataError(ScaffoldError):
    """The data given with `--data` cannot be used as it is."""
