"""What is known about the layers, read from their own folders.

`guidance.toml` in a layer's folder holds the statements about it, `measured.toml` those
that a benchmark wrote. What is about no layer lies in `guidance.toml` beside them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from dlscaffold.advice.situation import Question
from dlscaffold.advice.statements import GuidanceError, Statement, parse, words_of
from dlscaffold.layers.catalog import Catalog, Cell
from dlscaffold.layers.layer import Framework, Layer, shared_formats
from dlscaffold.layers.roots import KINDS
from dlscaffold.toml import read_toml

FILE = "guidance.toml"
FILES = (FILE, "measured.toml")
# The kinds of statements that stand beside the document's words.
NOTES = ("since", "measured")


@dataclass(frozen=True)
class Guidance:
    """Every statement about the layers of a catalog, and what statements refer to."""

    catalog: Catalog
    title: str
    criteria: Mapping[str, str]
    questions: tuple[Question, ...]
    tools: Sequence[Mapping[str, Any]]
    statements: tuple[Statement, ...] = field(repr=False)

    def about(self, subject: Layer | str, kind: str) -> list[Statement]:
        """Return the statements of one kind about a layer or a place, in order."""
        name = subject if isinstance(subject, str) else subject.label
        return [one for one in self.of(kind) if one.about == name]

    def of(self, kind: str) -> list[Statement]:
        """Return the statements of one kind, in order."""
        return [one for one in self.statements if one.kind == kind]

    def reason(self, layer: Layer) -> str:
        """Return one line on why to choose a layer; empty if there is none."""
        return next((one.says for one in self.about(layer, "reason")), "")

    def lifecycle(self, layer: Layer) -> Statement:
        """Return the state of a layer: current unless its guidance says otherwise."""
        current = Statement("lifecycle", layer.label, "", state="current")
        return next(iter(self.about(layer, "lifecycle")), current)

    def question(self, name: str) -> Question:
        """Return the question of this name."""
        return next(one for one in self.questions if one.name == name)

    def level(self, figure: str, number: float) -> str:
        """Return the level that a number counts as, such as `high` for a rate."""
        levels = self.question(figure).levels
        return next(name for name, most in levels.items() if number <= most)

    def compares(self, framework: Framework) -> bool:
        """Whether there is anything to put into the framework's column."""
        kinds = ("document-says", *NOTES)
        return any(self.about(framework, kind) for kind in kinds)

    def document_says(self, framework: Framework, criterion: str) -> str | None:
        """Return the document's words in one cell; None if it has no such cell."""
        found = self.about(framework, "document-says")
        return next((one.says for one in found if one.criterion == criterion), None)

    def notes(self, framework: Framework, criterion: str) -> list[Statement]:
        """Return what has changed or was measured since, for one cell."""
        return [
            statement
            for kind in NOTES
            for statement in self.about(framework, kind)
            if statement.criterion == criterion
        ]

    def notices(self, cell: Cell) -> list[str]:
        """Return a line for each part of a combination that is no longer current."""
        lines = []
        for layer in subjects(cell):
            if notice := self._notice(layer, cell):
                command = notice["command"]
                instead = f"; instead: {command}" if command else ""
                state = f"{notice['state']} since {notice['date']}"
                lines.append(f"{notice['says']} ({state}, {notice['source']}{instead})")
        return lines

    def for_cell(self, cell: Cell) -> dict[str, object]:
        """Return what the README of a generated project repeats, ready for JSON.

        `reasons` has a line for the framework and one for the target, each with a link
        that the notice does not have; `lifecycle` is the notice on a target that is no
        longer current, or empty.
        """
        notice = self._notice(cell.target, cell)
        reasons = []
        for layer in subjects(cell):
            links = (
                one
                for one in self.about(layer, "reason")
                if one.source.startswith("https://")
                and one.source != notice.get("source")
            )
            if one := next(links, None):
                words = {"says": one.says, "source": one.source, "dated": one.dated}
                reasons.append({"title": layer.title, **words})
        return {"reasons": reasons, "lifecycle": notice}

    def _notice(self, layer: Layer, cell: Cell) -> dict[str, str]:
        """Return the lifecycle of a layer that is not current, and the way out."""
        lifecycle = self.lifecycle(layer)
        if lifecycle.state == "current":
            return {}
        targets = self.catalog.targets()
        fitting = [one.name for one in targets if shared_formats(cell.framework, one)]
        words = f"--framework {cell.framework.name} --target {lifecycle.successor}"
        fits = lifecycle.successor in fitting
        command = f"dlscaffold new {words}" if fits else ""
        return {**lifecycle.to_json(), "state": lifecycle.state, "command": command}


def subjects(cell: Cell) -> list[Layer]:
    """Return the framework, if a given model has one of the catalog, and the target."""
    topic = cell.framework.topic
    frameworks = [one for one in cell.catalog.frameworks() if one.name == topic]
    return [*frameworks, cell.target]


@lru_cache
def load(catalog: Catalog) -> Guidance:
    """Return the guidance in all folders of a catalog.

    Raises GuidanceError, naming the file and the statement, if one is not valid.
    """
    central = catalog.roots[0] / FILE
    fields = _toml(central)
    title, criteria = fields.pop("document")["title"], fields.pop("criteria")
    questions = tuple(asked(one, catalog) for one in fields.pop("question"))
    tools = fields.pop("tool")
    words = words_of(criteria, questions, (tool["name"] for tool in tools))
    statements = list(parse(fields, words, file=central))
    labels = (f"{kind}/{name}" for kind in KINDS for name in catalog.names(kind))
    backends = (one for each in catalog.frameworks() for one in each.backends)
    for layer in (*map(catalog.find, labels), *backends):
        for file in (layer.path / name for name in FILES):
            if file.is_file():
                statements += parse(_toml(file), words, file=file, about=layer.label)
    return Guidance(catalog, title, criteria, questions, tools, tuple(statements))


def asked(row: Mapping[str, Any], catalog: Catalog) -> Question:
    """Return a question with its choices: frameworks, or the sides of a level."""
    choices = dict(row.get("choices", {}))
    if row["name"] == "framework":
        choices = {
            framework.name: framework.title for framework in catalog.frameworks()
        }
    if "levels" in row:
        limit, unit = next(iter(row["levels"].values())), row["unit"]
        choices = {
            f"{limit / 2:g}": f"less than {limit:g} {unit}",
            f"{limit * 2:g}": f"more than {limit:g} {unit}",
        }
    return Question(**{**row, "choices": choices})


def _toml(file: Path) -> dict[str, Any]:
    try:
        return read_toml(file)
    except ValueError as error:
        raise GuidanceError(f"{file} is not TOML: {error}.") from error
