"""Errors that a person can cause, each one sentence with the cause and the fix."""

import click


def printable(text: str) -> str:
    """Return a text from outside without what would steer the terminal."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


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
