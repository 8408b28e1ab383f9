"""What `recommend` is told about a deployment, and the checks on it.

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
    """A question, and each answer that is offered with what it means."""

    name: str
    prompt: str
    choices: dict[str, str]


YES_NO = {"yes": "yes", "no": "no"}

# In the order in which they are asked; what cannot change the first choice is not.
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
    Question("swap", "Are new model versions swapped in without a stop?", YES_NO),
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
    """A question for a number, and the least and the most that makes sense."""

    prompt: str
    unit: str
    least: float
    most: float


# Where a figure begins to matter is in the guidance.
FIGURES = {
    "rate": Figure(
        "How many requests are expected?", "requests per second", 0.0001, 1_000_000
    ),
    "latency": Figure("How long may an answer take?", "milliseconds", 0.01, 3_600_000),
    "model_size": Figure("How large is the model?", "megabytes", 0.001, 1_000_000),
}


class Answers(NamedTuple):
    """One answer to each question; None where it is open."""

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
    def given(self) -> dict[str, str | float]:
        """Only what has been answered."""
        fields = self._asdict()
        del fields["model"]
        return {name: value for name, value in fields.items() if value is not None}


def nearest(word: str, known: list[str], kind: str) -> str:
    """Return the sentence for a word that is not known, with the nearest one."""
    import difflib

    close = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    hint = f"did you mean {close[0]}?" if close else f"choose {' or '.join(known)}."
    return f"There is no {kind} {word!r}: {hint}"


def one_choice(name: str, values: tuple[str, ...], known: list[str]) -> str | None:
    """Return the one value that was given to an option, if any.

    Raises UsageError where it is not known, or another one was given as well.
    """
    for value in values:
        if value not in known:
            raise UsageError(nearest(value, known, f"{name.replace('_', '-')} called"))
    return single(name, values)


def one_number(name: str, values: tuple[str, ...]) -> float | None:
    """Return the one figure that was given to an option, if any; see `one_choice`."""
    value = single(name, values)
    if value is None:
        return None
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    figure = FIGURES[name]
    if not figure.least <= number <= figure.most:  # nor is it what is no number
        flag = f"--{name.replace('_', '-')}"
        span = f"{figure.least} to {figure.most:,}"
        raise UsageError(
            f"{flag} {value} is no figure from {span}: give {figure.unit}."
        )
    return number


def single(name: str, values: tuple[str, ...]) -> str | None:
    """Return the only value; raises UsageError where different ones were given."""
    different = sorted(set(values))
    if len(different) > 1:
        flag = f"--{name.replace('_', '-')}"
        raise UsageError(f"{flag} is given as {' and as '.join(different)}: give one.")
    return different[0] if different else None
