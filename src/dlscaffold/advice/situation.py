"""The situation that `recommend` advises on: its questions, and the checks on answers.

Kept apart from the ranking because the command line needs it, so `--help` pays for
every import made here.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from dlscaffold.errors import UsageError
from dlscaffold.layers.choices import layer_names

if TYPE_CHECKING:
    from dlscaffold.models.description import Description


class Question(NamedTuple):
    """A question, and each answer on offer with what it means."""

    name: str
    prompt: str
    choices: dict[str, str]


YES_NO = {"yes": "yes", "no": "no"}

# In the order in which they are asked.
QUESTIONS = (
    Question(
        "framework",
        "Which framework is the model trained in?",
        {name: name for name in layer_names("frameworks")},
    ),
    Question(
        "where",
        "Where does the model run?",
        {
            "server": "on a server",
            "phone": "in an app on a phone or tablet",
            "embedded": "on an embedded device",
        },
    ),
    Question("python", "Does Python code run before or after the model?", YES_NO),
    Question("swap", "Are new model versions deployed without downtime?", YES_NO),
    Question(
        "team",
        "Who maintains it?",
        {
            "new": "a team new to deployment",
            "experienced": "a team that runs services already",
        },
    ),
    Question(
        "processor",
        "Which processor does it run on?",
        {"x86_64": "x86-64 (Intel, AMD)", "arm64": "arm64 (Apple, Graviton, ARM)"},
    ),
    Question("containers", "Is there a container engine, such as Docker?", YES_NO),
    Question("emulation", "May it run under x86-64 emulation?", YES_NO),
    Question(
        "system",
        "Which operating system?",
        {
            "linux": "Linux",
            "macos": "macOS",
            "windows": "Windows",
            "android": "Android",
            "ios": "iOS",
        },
    ),
)


class Figure(NamedTuple):
    """A question whose answer is a number, and the range that it is taken from."""

    prompt: str
    unit: str
    least: float
    most: float


FIGURES = {
    "rate": Figure(
        "How many requests are expected?", "requests per second", 0.0001, 1_000_000
    ),
    "latency": Figure("How long may a response take?", "milliseconds", 0.01, 3_600_000),
    "model_size": Figure("How large is the model?", "megabytes", 0.001, 1_000_000),
}


class Situation(NamedTuple):
    """One answer to each question, None where it is open; and the model, if given."""

    framework: str | None = None
    where: str | None = None
    python: str | None = None
    swap: str | None = None
    team: str | None = None
    processor: str | None = None
    containers: str | None = None
    emulation: str | None = None
    system: str | None = None
    rate: float | None = None
    latency: float | None = None
    model_size: float | None = None
    model: Description | None = None

    @property
    def answers(self) -> dict[str, str | float]:
        """The questions that have been answered, with the answers."""
        fields = self._asdict()
        del fields["model"]
        return {name: value for name, value in fields.items() if value is not None}

    def with_answer(self, question: str, answer: str | None) -> Situation:
        """Return the situation with one more answer, as it would be written."""
        value = float(answer) if answer and question in FIGURES else answer
        return Situation(**{**self._asdict(), question: value})


def nearest(word: str, known: list[str], kind: str) -> str:
    """Return the message for an unknown word, with the nearest known one."""
    import difflib

    close = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    hint = f"did you mean {close[0]}?" if close else f"choose {' or '.join(known)}."
    return f"There is no {kind} {word!r}: {hint}"


def one_choice(name: str, values: tuple[str, ...], known: list[str]) -> str | None:
    """Return the value of an option that may be repeated, None if it was not given.

    Raises UsageError if a value is unknown, or if the values differ.
    """
    for value in values:
        if value not in known:
            raise UsageError(nearest(value, known, f"{name.replace('_', '-')} called"))
    return _single(name, values)


def one_number(name: str, values: tuple[str, ...]) -> float | None:
    """Return the number given to an option that may be repeated, as `one_choice`."""
    value = _single(name, values)
    if value is None:
        return None
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    figure = FIGURES[name]
    if not figure.least <= number <= figure.most:  # NaN is not in the range either
        raise UsageError(
            f"{flag(name)} {value} is not a number from {figure.least} to "
            f"{figure.most:,}: give {figure.unit}."
        )
    return number


def _single(name: str, values: tuple[str, ...]) -> str | None:
    different = sorted(set(values))
    if len(different) > 1:
        raise UsageError(
            f"{flag(name)} is given as {' and as '.join(different)}: give one."
        )
    return different[0] if different else None


def flag(question: str) -> str:
    """Return the option that answers a question."""
    return f"--{question.replace('_', '-')}"
