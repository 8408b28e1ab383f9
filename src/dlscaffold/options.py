"""The options that several commands have, and the types of their values.

The command line imports this for `--help`, so it imports little itself.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from dlscaffold.advice.situation import QUESTIONS, flag, nearest, one_choice, one_number
from dlscaffold.errors import UsageError
from dlscaffold.layers.choices import STEPS, app_names, backend_names, layer_names

F = TypeVar("F", bound=Callable[..., Any])


class OneOf(click.Choice[str]):
    """A choice that suggests the nearest word for one that it does not know."""

    def __init__(self, kind: str, known: Sequence[str]) -> None:
        """Take the name of such a choice, and the choices."""
        super().__init__(known)
        self.kind = kind

    def convert(self, value: Any, *_: Any) -> str:
        """Return the choice; raises UsageError if it is none."""
        if value not in self.choices:
            raise UsageError(nearest(value, list(self.choices), self.kind))
        return str(value)


PATH = click.Path()
FRAMEWORK = OneOf("framework", layer_names("frameworks"))
TARGET = OneOf("target", layer_names("targets"))
FORMAT = OneOf("format", layer_names("formats"))
BACKEND = OneOf("backend", backend_names())
APP = OneOf("app", app_names())
TASK = OneOf("task", layer_names("tasks"))
EXTRA = OneOf("extra", layer_names("extras"))
LICENSE = OneOf("license", layer_names("licenses"))
STEP = OneOf("step", STEPS)

json_option = click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print one JSON object on standard output; prose goes to standard error.",
)

backend_option = click.option(
    "--backend", type=BACKEND, help="What the framework computes on, if it can choose."
)
app_option = click.option(
    "--app",
    "apps",
    type=APP,
    multiple=True,
    help="An app for a model on phones; may be repeated.",
)
extra_option = click.option(
    "--with",
    "extras",
    type=EXTRA,
    multiple=True,
    help="An extra to add; may be repeated.",
)
license_option = click.option(
    "--license", type=LICENSE, default="MIT", show_default=True
)
format_option = click.option(
    "--format", type=FORMAT, help="What the framework exports and the target loads."
)


def answer_option(name: str, help_text: str, metavar: str = "") -> Callable[[F], F]:
    """Return the option for a question; it may be repeated, but not contradicted.

    A question on a number has no choices, but a `metavar`.
    """
    known = next((list(q.choices) for q in QUESTIONS if q.name == name), [])

    def check(*given: Any) -> str | float | None:
        if known:
            return one_choice(name, given[-1], known)
        return one_number(name, given[-1])

    def complete(*given: Any) -> list[str]:
        return [value for value in known if value.startswith(given[-1])]

    return click.option(
        flag(name),
        name,
        multiple=True,
        metavar=metavar or f"[{'|'.join(known)}]",
        help=help_text,
        callback=check,
        shell_complete=complete,
    )
