"""A recommendation: the ranked options, and which answers would change the first."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from dlscaffold.advice.guidance import Guidance
from dlscaffold.advice.ranking import (
    PHONES,
    Option,
    RuledOut,
    complete,
    facts_of,
    first_choice,
    rank,
    refuse_conflicts,
)
from dlscaffold.advice.situation import Question, Situation
from dlscaffold.advice.statements import Statement
from dlscaffold.errors import UsageError
from dlscaffold.models.identify import describe

# With more open questions than these that would change the first choice, it is a guess.
FEW = 2


class Change(NamedTuple):
    """An answer to an open question that would change the first choice."""

    question: Question
    answer: str
    first: Option


@dataclass(frozen=True)
class Recommendation:
    """The ranked options, the targets ruled out, and how sure the first choice is."""

    situation: Situation
    assumed: list[str]
    options: list[Option]
    ruled_out: list[RuledOut]
    notes: list[Statement]
    changes: list[Change]

    @property
    def doubt(self) -> str:
        """Why the first choice is doubtful, whatever else is answered; or empty."""
        if any(option.score <= 0 for option in self.options[:1]):
            return "the reasons against the first choice are as strong as those for it"
        scores = [option.score for option in self.options[:2]]
        is_tie = len(scores) == 2 and scores[0] == scores[1]
        return "the first two have the same score" if is_tie else ""

    @property
    def confidence(self) -> str:
        """How sure the first choice is: high, medium, low, or none without one."""
        if not self.options:
            return "none"
        open_questions = {change.question.name for change in self.changes}
        if self.doubt or len(open_questions) > FEW:
            return "low"
        return "medium" if open_questions else "high"


def recommend(situation: Situation, known: Guidance) -> Recommendation:
    """Return the recommendation; raises UsageError if the answers contradict."""
    situation = complete(situation)
    refuse_conflicts(situation, known)
    options, ruled_out = rank(situation, known)
    first = options[0] if options else None
    reasons = (reason for out in ruled_out for reason in out.because)
    decisive = {"where"}.union(*(reason.when for reason in reasons))
    # The place if it is open, and other defaults that rule a target out.
    questions = open_questions(situation, known)
    defaults = [one for one in questions if one.default]
    facts, targets = facts_of(situation, known), known.catalog.names("targets")
    notes = [one for one in known.of("note") if one.holds(facts)]
    return Recommendation(
        situation,
        [f"{one.name}: {one.default}" for one in defaults if one.name in decisive],
        options,
        ruled_out,
        [note for note in notes if note.without not in targets],
        [
            change
            for question in questions
            for change in changes_by(question, situation, first, known)
        ],
    )


def changes_by(
    question: Question, situation: Situation, first: Option | None, known: Guidance
) -> Iterator[Change]:
    """Yield each answer to a question that changes the first choice."""
    for answer in question.choices:
        # A phone's system only says that this is a phone, where that is open.
        if "where" in situation.answers or answer not in PHONES:
            other = first_choice(situation.with_answer(question, answer), known)
            if other and (first is None or other.name != first.name):
                yield Change(question, answer, other)


def open_questions(situation: Situation, known: Guidance) -> list[Question]:
    """Return the questions without an answer, in the order in which they are asked."""
    return [one for one in known.questions if one.name not in situation.answers]


def worth_asking(question: Question, situation: Situation, known: Guidance) -> bool:
    """Whether any answer to the question would change the first choice."""
    if question.always:
        return True
    first = first_choice(situation, known)
    return bool(first) and any(changes_by(question, situation, first, known))


def from_model(path: Path, situation: Situation, known: Guidance) -> Situation:
    """Return the situation with what a model's file says: framework, size, targets.

    Raises ScaffoldError if it cannot be read, and UsageError if it contradicts an
    answer.
    """
    found = describe(path, whole=False)
    origin = known.catalog.model(found.layer)
    said = situation.answers.get("framework")
    if said and origin.topic and said not in (origin.topic, *origin.also_written_by):
        raise UsageError(
            f"{path} is a {origin.topic} model, but --framework is {said}: give one of "
            "the two."
        )
    own = {"framework": origin.topic} if origin.topic else {}
    return Situation(
        {**own, "model_size": found.size / 1e6, **situation.answers}, found
    )
