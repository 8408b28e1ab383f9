"""What a person can cause, each as one sentence that names the mend."""

from __future__ import annotations

import click


class ScaffoldError(click.ClickException):
    """A failure that the user can mend; Click prints it on standard error."""


class UsageError(ScaffoldError):
    """The command's arguments do not fit together."""

    exit_code = 2
