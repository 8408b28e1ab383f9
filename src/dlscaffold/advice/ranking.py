"""Which pair to choose, and why: the weights of the guidance, added up.

A pair's score is the sum of the statements that hold for the answers given. The pairs
are those that the catalog says are legal, so that nothing is named that `new` refuses.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from dlscaffold.advice import guidance
from dlscaffold.advice.answers import FIGURES, QUESTIONS, Answers, Question
from dlscaffold.advice.guidance import Guidance, Statement
from dlscaffold.errors import UsageError
from dlscaffold.layers.catalog import Catalog, installed
from dlscaffold.layers.finding import mismatch
from dlscaffold.layers.layer import Framework, Target, shared_formats
from dlscaffold.models.description import Description

# What it costs a target that it is no longer current.
LIFECYCLE_WEIGHTS = {"current": 0, "legacy": -1, "retired": -3}
# What holds where nothing else is said.
DEFAULTS = {"where": "server", "emulation": "no"}
# These systems run on phones alone, unless the device is said to be embedded.
PHONES = ("android", "ios")
# More open questions than these that would change the first choice, and it is a guess.
FEW = 2


@dataclass(frozen=True)
class Option:
    """A pair that fits, with what speaks for it and against it."""

    framework: Framework
    target: Target
    format: str
    reasons: tuple[Statement, ...]
    model: Description | None = None

    @property
    def name(self) -> str:
        """The pair, for people."""
        return f"{self.framework.title} with {self.target.title}"

    @property
    def score(self) -> int:
        """The weights of all reasons together."""
        return sum(reason.weight for reason in self.reasons)

    @property
    def pros(self) -> list[Statement]:
        """What speaks for it, the weightiest first."""
        found = [reason for reason in self.reasons if reason.weight > 0]
        return sorted(found, key=lambda reason: -reason.weight)

    @property
    def cons(self) -> list[Statement]:
        """What speaks against it, the weightiest first."""
        found = [reason for reason in self.reasons if reason.weight < 0]
        return sorted(found, key=lambda reason: reason.weight)

    @property
    def command(self) -> str:
        """The command that generates it."""
        if self.model:
            path = Path(self.model.path).resolve()
            words = [path.stem, "--model", str(path)]
            if self.model.needs_framework:
                words += ["--python", "PYTHON"]
            if any(tensor.shape is None for tensor in self.model.inputs):
                words += ["--examples", "X.npz"]
        else:
            words = ["my-model", "--framework", self.framework.name]
        return shlex.join(["dlscaffold", "new", *words, "--target", self.target.name])


@dataclass(frozen=True)
class RuledOut:
    """A target that does not fit, and why."""

    target: Target
    because: tuple[Statement, ...]


@dataclass(frozen=True)
class Change:
    """An answer to an open question that would change the first choice."""

    question: str
    answer: str
    first: Option


@dataclass(frozen=True)
class Recommendation:
    """The ranked options, what was ruled out, and how sure the first choice is."""

    answers: Answers
    assumed: tuple[str, ...]
    options: tuple[Option, ...]
    ruled_out: tuple[RuledOut, ...]
    notes: tuple[Statement, ...]
    changes: tuple[Change, ...]

    @property
    def tied(self) -> bool:
        """Whether the second option is as good as the first."""
        scores = [option.score for option in self.options[:2]]
        return len(scores) == 2 and scores[0] == scores[1]

    @property
    def doubtful(self) -> bool:
        """Whether no more speaks for the first option than against it."""
        return bool(self.options) and self.options[0].score <= 0

    @property
    def confidence(self) -> str:
        """How sure the first choice is: high, medium, low, or none without one."""
        if not self.options:
            return "none"
        open_questions = {change.question for change in self.changes}
        if self.tied or self.doubtful or len(open_questions) > FEW:
            return "low"
        return "medium" if open_questions else "high"


def recommend(answers: Answers) -> Recommendation:
    """Return the ranked options; raises UsageError where the answers contradict."""
    known = guidance.load()
    answers = complete(answers)
    facts = facts_of(answers, known)
    refuse_conflicts(facts, known)
    options, ruled_out = rank(answers, facts, known)
    first = options[0] if options else None
    return Recommendation(
        answers=answers,
        assumed=tuple(_assumed(answers, ruled_out)),
        options=tuple(options),
        ruled_out=tuple(ruled_out),
        notes=tuple(_notes(facts, known)),
        changes=tuple(_changes(answers, first, known)),
    )


def complete(answers: Answers) -> Answers:
    """Return the answers with what follows from others: a phone from its system."""
    if answers.where is None and answers.system in PHONES:
        return answers._replace(where="phone")
    return answers


def facts_of(answers: Answers, known: Guidance) -> dict[str, str]:
    """Return the answers in the words of the guidance: figures as high or low."""
    facts = {k: v for k, v in answers.given.items() if isinstance(v, str)}
    limits = known.thresholds
    if answers.rate is not None:
        facts["rate"] = "high" if answers.rate >= limits["rate"] else "low"
    if answers.latency is not None:
        strict = answers.latency <= limits["latency"]
        facts["latency"] = "strict" if strict else "relaxed"
    if answers.model_size is not None:
        facts["model_size"] = _size(answers.model_size, limits)
    return {**DEFAULTS, **facts}


def _size(megabytes: float, limits: Mapping[str, float]) -> str:
    if megabytes > limits["app_size"]:
        return "huge"
    return "large" if megabytes >= limits["model_size"] else "small"


def _assumed(answers: Answers, ruled_out: list[RuledOut]) -> Iterator[str]:
    """Yield the place if it was not said, and other defaults that rule a target out."""
    decisive = {
        name for out in ruled_out for reason in out.because for name in reason.when
    }
    for name, value in DEFAULTS.items():
        if name not in answers.given and (name == "where" or name in decisive):
            yield f"{name}: {value}"


def refuse_conflicts(facts: dict[str, str], known: Guidance) -> None:
    """Raise UsageError where two answers contradict each other."""
    for statement in known.of("conflict"):
        if statement.holds(facts):
            raise UsageError(statement.says)


def rank(
    answers: Answers, facts: dict[str, str], known: Guidance
) -> tuple[list[Option], list[RuledOut]]:
    """Return the pairs that fit, the best first, and the targets that do not."""
    everything, targets = _layers(installed())
    model = answers.model
    frameworks = [
        framework
        for framework in everything
        if answers.framework in (None, framework.name)
    ]
    if model:
        frameworks = [installed().model(model.layer)]
    options, ruled_out = [], []
    for target in targets:
        against: list[Statement] = []
        for framework in frameworks:
            misfit = _misfit(framework, target, model)
            reasons = misfit or _against(framework, target, facts, known)
            if reasons:
                against += [reason for reason in reasons if reason not in against]
            else:
                options.append(_option(framework, target, facts, known, model))
        if not any(option.target == target for option in options):
            ruled_out.append(RuledOut(target, tuple(_weightiest(against))))
    options.sort(key=lambda option: (-option.score, option.name))
    return options, ruled_out


@lru_cache
def _layers(catalog: Catalog) -> tuple[list[Framework], list[Target]]:
    """Return all layers there are, read once: they are ranked dozens of times."""
    return catalog.frameworks(), catalog.targets()


def _weightiest(against: list[Statement]) -> list[Statement]:
    """Return what rules a target out for all frameworks, or else for each of them."""
    return [reason for reason in against if reason.source] or against


def _option(
    framework: Framework,
    target: Target,
    facts: dict[str, str],
    known: Guidance,
    model: Description | None,
) -> Option:
    facts = {**facts, "framework": _topic(framework, facts)}
    reasons = [
        statement
        for name in (facts["framework"], target.name, facts["where"])
        for statement in known.about(name, "advice")
        if statement.holds(facts)
    ]
    for statement in known.about(target.name, "lifecycle"):
        if weight := LIFECYCLE_WEIGHTS[statement.state]:
            reasons.append(replace(statement, weight=weight))
    format_name = shared_formats(framework, target)[0]
    return Option(framework, target, format_name, tuple(reasons), model)


def _against(
    framework: Framework, target: Target, facts: dict[str, str], known: Guidance
) -> list[Statement]:
    """Return what rules out a pair that shares a format; nothing if it fits."""
    facts = {**facts, "framework": _topic(framework, facts)}
    places = known.about(target.name, "place")
    if not any(facts["where"] in statement.where for statement in places):
        return places or [_no_place(target)]
    advice = [
        statement
        for name in (target.name, facts["where"])
        for statement in known.about(name, "advice")
    ]
    return [item for item in advice if item.rules_out and item.holds(facts)]


def _misfit(
    framework: Framework, target: Target, model: Description | None
) -> list[Statement]:
    """Return why the two share no format, or why the model does not fit; or nothing."""
    says = ""
    if model:
        fit = next(fit for fit in model.targets if fit.target == target.name)
        says = "" if fit.format else f"{model.path} does not fit: {fit.because}."
    elif not shared_formats(framework, target):
        says = f"{mismatch(installed(), framework, target)}."
    return [Statement(kind="advice", about=target.name, says=says)] if says else []


def _topic(framework: Framework, facts: dict[str, str]) -> str:
    """Return the framework's name; of a model, what was answered if it does not say."""
    return framework.topic or facts.get("framework", "")


def _no_place(target: Target) -> Statement:
    return Statement(
        kind="advice",
        about=target.name,
        says=f"Nothing is recorded of where {target.title} runs.",
    )


def _notes(facts: dict[str, str], known: Guidance) -> Iterator[Statement]:
    targets = installed().names("targets")
    for statement in known.of("note"):
        if statement.holds(facts) and statement.without not in targets:
            yield statement


def _changes(
    answers: Answers, first: Option | None, known: Guidance
) -> Iterator[Change]:
    """Yield the first answer to each open question that changes the first choice."""
    for question, value in open_answers(answers):
        other = first_choice(with_answer(answers, question, value), known)
        if other and (first is None or other.name != first.name):
            yield Change(question, value, other)


def with_answer(answers: Answers, question: str, answer: str | None) -> Answers:
    """Return the answers with one more; of figures, the one that is written."""
    value: Any = float(answer) if answer and question in FIGURES else answer
    return answers._replace(**{question: value})


def open_answers(answers: Answers) -> Iterator[tuple[str, str]]:
    """Yield each open question with each answer that it could get.

    A system of phones is no answer of its own while the place is open: it only says
    that this is a phone.
    """
    for question in questions(guidance.load()):
        if question.name not in answers.given:
            for value in question.choices:
                if answers.where or value not in PHONES:
                    yield question.name, value


def questions(known: Guidance) -> list[Question]:
    """Return every question; one for a figure asks for a side of its threshold."""
    frameworks, _ = _layers(installed())
    titles = {framework.name: framework.title for framework in frameworks}
    return [
        QUESTIONS[0]._replace(choices=titles),
        *QUESTIONS[1:],
        *(
            Question(
                name,
                figure.prompt,
                {
                    f"{known.thresholds[name] / 2:g}": f"less than {limit}",
                    f"{known.thresholds[name] * 2:g}": f"more than {limit}",
                },
            )
            for name, figure in FIGURES.items()
            if (limit := f"{known.thresholds[name]:g} {figure.unit}")
        ),
    ]


def first_choice(answers: Answers, known: Guidance) -> Option | None:
    """Return the first option for these answers, if they fit together and fit one."""
    answers = complete(answers)
    facts = facts_of(answers, known)
    try:
        refuse_conflicts(facts, known)
    except UsageError:
        return None
    options, _ = rank(answers, facts, known)
    return options[0] if options else None


def from_model(path: Path, answers: Answers) -> Answers:
    """Return the answers with what a model says: its framework, size and targets.

    Raises ScaffoldError where it cannot be read, and UsageError where it says something
    else than the answers.
    """
    from dlscaffold.models.identify import outline

    found = outline(path)
    own = installed().model(found.layer)
    written_by = (own.topic, *own.also_written_by)
    if answers.framework and own.topic and answers.framework not in written_by:
        raise UsageError(
            f"{path} is a {own.topic} model, but --framework is {answers.framework}: "
            "give one of the two."
        )
    return answers._replace(
        framework=answers.framework or own.topic,
        model_size=answers.model_size or found.size / 1e6,
        model=found,
    )


def best_target(framework: str | None) -> str:
    """Return the first target for a framework, for the prompts of `new` to mark."""
    options = recommend(Answers(framework=framework)).options
    return options[0].target.name if options else ""
