"""Which pairs fit a situation, and how well: the weights of the guidance, added up.

A pair's score is the sum of the statements that hold for the answers. The pairs are
those that the catalog says are legal, so nothing is recommended that `new` refuses.
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from dlscaffold.advice import guidance
from dlscaffold.advice.guidance import FILE, Guidance
from dlscaffold.advice.situation import Situation
from dlscaffold.advice.statements import Statement
from dlscaffold.errors import UsageError
from dlscaffold.layers.catalog import Catalog
from dlscaffold.layers.finding import mismatch
from dlscaffold.layers.layer import Framework, Target, shared_formats
from dlscaffold.models.description import Description

# The weight of a target's lifecycle.
LIFECYCLE_WEIGHTS = {"current": 0, "legacy": -1, "retired": -3}
# Systems that imply a phone where the place is open.
PHONES = ("android", "ios")


@dataclass(frozen=True)
class Option:
    """A framework and a target, with what speaks for and against the pair.

    The heaviest reasons come first. `obstacles` are the reasons why it cannot be
    chosen; empty if it fits.
    """

    framework: Framework
    target: Target
    reasons: tuple[Statement, ...]
    obstacles: tuple[Statement, ...] = ()
    model: Description | None = None

    @property
    def name(self) -> str:
        """The pair in prose."""
        return f"{self.framework.title} with {self.target.title}"

    @property
    def format(self) -> str:
        """The format that joins the two."""
        return shared_formats(self.framework, self.target)[0]

    @property
    def score(self) -> int:
        """The sum of all weights."""
        return sum(reason.weight for reason in self.reasons)

    @property
    def pros(self) -> list[Statement]:
        """The reasons for it."""
        return [reason for reason in self.reasons if reason.weight > 0]

    @property
    def cons(self) -> list[Statement]:
        """The reasons against it."""
        return [reason for reason in self.reasons if reason.weight < 0]

    @property
    def command(self) -> str:
        """The command that generates it."""
        words = ["my-model", "--framework", self.framework.name]
        if self.model:
            path = Path(self.model.path).resolve()
            words = [path.stem, "--model", str(path)]
            if self.model.needs_framework:
                words += ["--python", "PYTHON"]
            if any(tensor.shape is None for tensor in self.model.inputs):
                words += ["--examples", "X.npz"]
        return shlex.join(["dlscaffold", "new", *words, "--target", self.target.name])


class RuledOut(NamedTuple):
    """A target that fits no framework in question, with the reasons."""

    target: Target
    because: list[Statement]


def first_choice(situation: Situation, known: Guidance) -> Option | None:
    """Return the best option; None if nothing fits or the answers contradict."""
    try:
        refuse_conflicts(situation, known)
    except UsageError:
        return None
    return next(iter(rank(situation, known)[0]), None)


def best_target(framework: str | None, catalog: Catalog) -> str:
    """Return the first target for a framework, for `new`; empty if there is none."""
    answers = {"framework": framework} if framework else {}
    first = first_choice(Situation(answers), guidance.load(catalog))
    return first.target.name if first else ""


def refuse_conflicts(situation: Situation, known: Guidance) -> None:
    """Raise UsageError if two answers contradict each other."""
    facts = facts_of(situation, known)
    for statement in known.of("conflict"):
        if statement.holds(facts):
            raise UsageError(statement.says)


def rank(situation: Situation, known: Guidance) -> tuple[list[Option], list[RuledOut]]:
    """Return the pairs that fit, the best first, and the targets that do not fit."""
    model, wanted = situation.model, situation.answers.get("framework")
    every = [known.catalog.model(model.layer)] if model else known.catalog.frameworks()
    frameworks = [one for one in every if model or wanted in (None, one.name)]
    facts = facts_of(situation, known)
    options, ruled_out = [], []
    for target in known.catalog.targets():
        pairs = [judge(one, target, facts, known, model) for one in frameworks]
        fitting = [pair for pair in pairs if not pair.obstacles]
        options += fitting
        if not fitting:
            obstacles = dict.fromkeys(one for pair in pairs for one in pair.obstacles)
            # Those with a source hold for every framework, the others for one.
            general = [one for one in obstacles if one.source]
            ruled_out.append(RuledOut(target, general or [*obstacles]))
    return sorted(options, key=lambda one: (-one.score, one.name)), ruled_out


def complete(situation: Situation) -> Situation:
    """Return the situation with what its answers imply: a phone from its system."""
    answers = situation.answers
    is_phone = "where" not in answers and answers.get("system") in PHONES
    return replace(
        situation, answers={**answers, "where": "phone"} if is_phone else answers
    )


def facts_of(situation: Situation, known: Guidance) -> dict[str, str]:
    """Return the answers in the words of the guidance: numbers as their levels."""
    defaults = {one.name: one.default for one in known.questions if one.default}
    return defaults | {
        name: answer if isinstance(answer, str) else known.level(name, answer)
        for name, answer in complete(situation).answers.items()
    }


def judge(
    framework: Framework,
    target: Target,
    facts: Mapping[str, str],
    known: Guidance,
    model: Description | None = None,
) -> Option:
    """Return a pair with the statements that hold for it."""
    # An ONNX file, say, does not tell its framework, so the answer counts.
    topic = framework.topic or facts.get("framework", "")
    advice = [
        statement
        for subject in (f"frameworks/{topic}", target, facts["where"])
        for statement in known.about(subject, "advice")
        if statement.holds({**facts, "framework": topic})
    ]
    lifecycle = known.lifecycle(target)
    advice.append(replace(lifecycle, weight=LIFECYCLE_WEIGHTS[lifecycle.state]))
    advice.sort(key=lambda statement: -abs(statement.weight))
    obstacles = (
        _misfit(framework, target, known, model)
        or _wrong_place(target, facts["where"], known)
        or [statement for statement in advice if statement.rules_out]
    )
    return Option(framework, target, tuple(advice), tuple(obstacles), model)


def _misfit(
    framework: Framework, target: Target, known: Guidance, model: Description | None
) -> list[Statement]:
    """Return why the model does not fit, or the two share no format; or nothing."""
    if model:
        fit = next(fit for fit in model.targets if fit.target == target.name)
        because = "" if fit.format else f"{model.path} does not fit: {fit.because}"
    else:
        fits = shared_formats(framework, target)
        because = "" if fits else mismatch(known.catalog, framework, target)
    return [Statement("advice", target.label, f"{because}.")] if because else []


def _wrong_place(target: Target, where: str, known: Guidance) -> list[Statement]:
    """Return where the target runs instead; nothing if it runs there."""
    stated = known.about(target, "place")
    places = ", ".join(known.question("where").choices)
    unknown = (
        f"{target.title} does not say where it runs: add [[place]] to "
        f"{target.path / FILE}, with where as a list of {places}."
    )
    if any(where in statement.where for statement in stated):
        return []
    return stated or [Statement("place", target.label, unknown)]
