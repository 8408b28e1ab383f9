"""A recommendation: the ranked options, and which answers would change the first."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from dlscaffold.advice.guidance import Guidance
from dlscaffold.advice.ranking import (
    DEFAULTS,
    PHONES,
    Option,
    RuledOut,
    complete,
    facts_of,
    first_choice,
    rank,
    refuse_conflicts,
)
from dlscaffold.advice.situation import QUESTIONS, Question, Situation
from dlscaffold.advice.statements import Statement
from dlscaffold.errors import UsageError
from dlscaffold.models.identify import describe

# With more open questions than these that would change the first choice, it is a guess.
FEW = 2
# Asked in any case, as everything else follows from them.
ALWAYS_ASKED = ("framework", "where")


class Change(NamedTuple):
    """An answer to an open question that would change the first choice."""

    question: str
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
        open_questions = {change.question for change in self.changes}
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
    open_ones = decisive.difference(situation.answers)
    facts, targets = facts_of(situation, known), {one.name for one in known.targets}
    notes = [one for one in known.of("note") if one.holds(facts)]
    return Recommendation(
        situation,
        [f"{name}: {DEFAULTS[name]}" for name in DEFAULTS if name in open_ones],
        options,
        ruled_out,
        [note for note in notes if note.without not in targets],
        [
            change
            for question in open_questions(situation, known)
            for change in changes_by(question, situation, first, known)
        ],
    )


def changes_by(
    question: Question, situation: Situation, first: Option | None, known: Guidance
) -> Iterator[Change]:
    """Yield each answer to a question that changes the first choice."""
    for answer in question.choices:
        # A phone's system only says that this is a phone, where that is open.
        if situation.where or answer not in PHONES:
            other = first_choice(situation.with_answer(question.name, answer), known)
            if other and (first is None or other.name != first.name):
                yield Change(question.name, answer, other)


def open_questions(situation: Situation, known: Guidance) -> list[Question]:
    """Return the questions without an answer, in the order in which they are asked."""
    titles = {framework.name: framework.title for framework in known.frameworks}
    choices = {"framework": titles}
    for question in QUESTIONS:
        if question.unit:
            # On which side of its first level the number is.
            limit = next(iter(known.levels[question.name].values()))
            choices[question.name] = {
                f"{limit / 2:g}": f"less than {limit:g} {question.unit}",
                f"{limit * 2:g}": f"more than {limit:g} {question.unit}",
            }
    return [
        question._replace(choices=choices.get(question.name, question.choices))
        for question in QUESTIONS
        if question.name not in situation.answers
    ]


def worth_asking(question: Question, situation: Situation, known: Guidance) -> bool:
    """Whether any answer to the question would change the first choice."""
    if question.name in ALWAYS_ASKED:
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
    written_by = (origin.topic, *origin.also_written_by)
    if situation.framework and origin.topic and situation.framework not in written_by:
        raise UsageError(
            f"{path} is a {origin.topic} model, but --framework is "
            f"{situation.framework}: give one of the two."
        )
    return situation._replace(
        framework=situation.framework or origin.topic,
        model_size=situation.model_size or found.size / 1e6,
        model=found,
    )
