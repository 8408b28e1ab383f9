"""The situation that `recommend` advises on, and the questions that describe it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from dlscaffold.models.description import Description


@dataclass(frozen=True, eq=False)
class Question:
    """A question, and each answer on offer with what it means.

    A question with a `unit` takes any number in its `range`, which counts as the first
    of the `levels` that it does not exceed. The `default` holds where it is open;
    `always` is whether it is asked even if it could not change the choice.
    """

    name: str
    prompt: str
    choices: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    range: Sequence[float] = ()
    levels: Mapping[str, float] = field(default_factory=dict)
    default: str = ""
    always: bool = False

    @property
    def option(self) -> str:
        """The command-line option that answers it."""
        return f"--{self.name.replace('_', '-')}"


@dataclass(frozen=True)
class Situation:
    """The answers to the questions that are not open; and the model, if given."""

    answers: Mapping[str, str | float]
    model: Description | None = None

    def with_answer(self, question: Question, answer: str) -> Situation:
        """Return the situation with one more answer, as it would be written."""
        value = float(answer) if question.unit else answer
        return replace(self, answers={**self.answers, question.name: value})
