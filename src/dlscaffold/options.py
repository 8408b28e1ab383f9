"""The options that several commands have, and the types of their values.

The command line imports this for `--help`, so it imports little itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import click

from dlscaffold.errors import UsageError
from dlscaffold.layers.choices import STEPS, app_names, backend_names, layer_names

if TYPE_CHECKING:
    from dlscaffold.advice.situation import Question


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


class Advice(click.Command):
    """A command with an option for each question that the guidance asks."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the options for the questions, and then the others."""
        from dlscaffold.advice.guidance import load
        from dlscaffold.layers.catalog import installed

        questions = load(installed()).questions
        return [*map(answer_option, questions), *super().get_params(ctx)]


@cache
def answer_option(question: Question) -> click.Option:
    """Return the option for a question; it may be repeated, but not contradicted."""
    words = OneOf(f"{question.option[2:]} called", list(question.choices))
    return click.Option(
        [question.option, question.name],
        type=str if question.unit else words,
        metavar="NUMBER" if question.unit else None,
        multiple=True,
        help=question.prompt,
        callback=partial(answer, question),
    )


def answer(question: Question, *given: Any) -> str | float | None:
    """Return the answer that an option gives, None for none.

    Raises UsageError if it contradicts itself, or is not in the question's range.
    """
    name, different = question.option, sorted(set(given[-1]))
    if len(different) > 1:
        raise UsageError(f"{name} is given as {' and as '.join(different)}: give one.")
    if not different or not question.unit:
        return next(iter(different), None)
    least, most = question.range
    with suppress(ValueError):
        if least <= float(different[0]) <= most:
            return float(different[0])
    raise UsageError(
        f"{name} {different[0]} is not a number from {least} to {most:,}: "
        f"give {question.unit}."
    )
