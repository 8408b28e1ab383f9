"""The options that several commands have, and the types of their values.

The command line imports this for `--help`, so it imports little itself.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import click

from dlscaffold.advice.situation import QUESTIONS, Question, flag
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
        known = list(self.choices)
        if value in known:
            return str(value)
        import difflib

        close = difflib.get_close_matches(value.lower(), known, n=1, cutoff=0.6)
        hint = f"did you mean {close[0]}?" if close else f"choose {' or '.join(known)}."
        raise UsageError(f"There is no {self.kind} {value!r}: {hint}")


PATH = click.Path()
FRAMEWORK = OneOf("framework", layer_names("frameworks"))
TARGET = OneOf("target", layer_names("targets"))
FORMAT = OneOf("format", layer_names("formats"))
BACKEND = OneOf("backend", backend_names())
APP = OneOf("app", app_names())
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
    question = next(one for one in QUESTIONS if one.name == name)
    words = OneOf(f"{flag(name)[2:]} called", list(question.choices))

    def single(*given: Any) -> str | float | None:
        different = sorted(set(given[-1]))
        if len(different) > 1:
            both = " and as ".join(different)
            raise UsageError(f"{flag(name)} is given as {both}: give one.")
        value = next(iter(different), None)
        return value if value is None or words.choices else number(question, value)

    return click.option(
        flag(name),
        name,
        type=words if words.choices else str,
        multiple=True,
        metavar=metavar or None,
        help=help_text,
        callback=single,
    )


def number(question: Question, text: str) -> float:
    """Return the number; raises UsageError if it is not in the question's range."""
    with suppress(ValueError):
        if question.least <= float(text) <= question.most:
            return float(text)
    raise UsageError(
        f"{flag(question.name)} {text} is not a number from {question.least} to "
        f"{question.most:,}: give {question.unit}."
    )
