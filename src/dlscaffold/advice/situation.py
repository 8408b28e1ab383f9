"""The situation that `recommend` advises on, and the questions that describe it.

Kept apart from the ranking because the command line needs it, so `--help` pays for
every import made here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dlscaffold.layers.choices import layer_names

if TYPE_CHECKING:
    from dlscaffold.models.description import Description


class Question(NamedTuple):
    """A question, and each answer on offer with what it means.

    Without choices the answer is a number: its unit, the least and the most.
    """

    name: str
    prompt: str
    choices: dict[str, str] = {}  # noqa: RUF012
    unit: str = ""
    least: float = 0
    most: float = 0


YES_NO = {"yes": "yes", "no": "no"}

# In the order in which they are asked.
QUESTIONS = (
    Question(
        "framework",
        "Which framework is the model trained in?",
        dict.fromkeys(layer_names("frameworks"), ""),
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
    Question(
        "rate",
        "How many requests per second are expected?",
        unit="requests per second",
        least=0.0001,
        most=1_000_000,
    ),
    Question(
        "latency",
        "How many milliseconds may a response take?",
        unit="milliseconds",
        least=0.01,
        most=3_600_000,
    ),
    Question(
        "model_size",
        "How many megabytes does the model have?",
        unit="megabytes",
        least=0.001,
        most=1_000_000,
    ),
)


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
        is_number = any(one.name == question and one.unit for one in QUESTIONS)
        value = float(answer) if answer and is_number else answer
        return Situation(**{**self._asdict(), question: value})


def flag(question: str) -> str:
    """Return the option that answers a question."""
    return f"--{question.replace('_', '-')}"
