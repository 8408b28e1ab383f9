"""What is said of frameworks and targets, read from `templates/guidance.toml`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from dlscaffold.layers import roots
from dlscaffold.layers.catalog import Cell
from dlscaffold.layers.layer import shared_formats

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE = "guidance.toml"
MEASURED_FILE = "measured.toml"
DOCUMENT = "document"
KINDS = (
    "document-says",
    "since",
    "measured",
    "reason",
    "lifecycle",
    "place",
    "advice",
    "note",
    "conflict",
    "needs",
)
# What a question that was not answered is called in `when`.
OPEN = "open"
STATES = ("current", "legacy", "retired")
DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?")
SOURCE = re.compile(r"document|https://\S+|(docs|benchmarks)/\S+")


class GuidanceError(Exception):
    """The guidance file is not fit to be read out: a fault of the file."""


@dataclass(frozen=True)
class Statement:
    """One thing that is said, on whose word, and since when."""

    kind: str
    about: str
    says: str
    source: str = ""
    criterion: str = ""
    date: str = ""
    checked: str = ""
    state: str = ""
    successor: str = ""
    targets: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    when: Mapping[str, str | list[str]] = field(default_factory=dict)
    without: str = ""
    needs: Mapping[str, Any] = field(default_factory=dict)
    weight: int = 0
    rules_out: bool = False

    def holds(self, facts: Mapping[str, str]) -> bool:
        """Whether the answers are those that it speaks of."""
        return all(
            facts.get(name, OPEN) in ([wanted] if isinstance(wanted, str) else wanted)
            for name, wanted in self.when.items()
        )

    @property
    def when_said(self) -> str:
        """Since when it is so, or when it was last seen to be."""
        return f"since {self.date}" if self.date else f"checked {self.checked}"

    def as_json(self) -> dict[str, str]:
        """Return what a reader needs to judge it: the words, the source, the date."""
        fields = {
            "says": self.says,
            "source": self.source,
            "date": self.date,
            "checked": self.checked,
        }
        return {name: value for name, value in fields.items() if value}


@dataclass(frozen=True)
class Guidance:
    """The whole file: the document it starts from, its rows, and every statement."""

    title: str
    frameworks: tuple[str, ...]
    criteria: Mapping[str, str]
    thresholds: Mapping[str, float]
    statements: tuple[Statement, ...] = field(repr=False)

    def about(self, name: str, kind: str) -> list[Statement]:
        """Return the statements of one kind about a framework or target, in order."""
        return [s for s in self.of(kind) if s.about == name]

    def of(self, kind: str) -> list[Statement]:
        """Return the statements of one kind, in order."""
        return [s for s in self.statements if s.kind == kind]


def load() -> Guidance:
    """Return the guidance; raises GuidanceError, naming the statement at fault."""
    return _read(Path(roots.packaged()))


@lru_cache
def _read(root: Path) -> Guidance:
    fields = tomllib.loads((root / FILE).read_text("utf-8"))
    measured = root / MEASURED_FILE
    if measured.is_file():
        fields |= tomllib.loads(measured.read_text("utf-8"))
    return parse(fields)


def parse(fields: Mapping[str, Any]) -> Guidance:
    """Return the guidance in parsed TOML; raises GuidanceError, as `load` does."""
    document = fields[DOCUMENT]
    return Guidance(
        title=document["title"],
        frameworks=tuple(document["frameworks"]),
        criteria=fields["criteria"],
        thresholds=fields.get("thresholds", {}),
        statements=tuple(_statements(fields)),
    )


def _statements(fields: Mapping[str, Any]) -> Iterator[Statement]:
    for kind in KINDS:
        for entry in fields.get(kind, []):
            lists = {k: tuple(v) for k, v in entry.items() if isinstance(v, list)}
            try:
                statement = Statement(kind, **{**entry, **lists})
            except TypeError as error:
                raise GuidanceError(f"[[{kind}]] {entry}: {error}") from error
            _check(statement, fields["criteria"])
            yield statement


def _check(statement: Statement, criteria: Mapping[str, str]) -> None:
    words = f"{statement.about} {statement.criterion}".strip()
    named = f'[[{statement.kind}]] about {words}, "{statement.says}",'
    if not SOURCE.fullmatch(statement.source):
        raise GuidanceError(f"{named} needs a source: {SOURCE.pattern}.")
    if statement.source != DOCUMENT and not DATE.fullmatch(
        statement.date or statement.checked
    ):
        raise GuidanceError(f"{named} needs a date or checked, as 2026-11-22.")
    if statement.kind == "lifecycle" and statement.state not in STATES:
        raise GuidanceError(f"{named} needs a state: {', '.join(STATES)}.")
    if statement.criterion and statement.criterion not in criteria:
        raise GuidanceError(f"{named} has the unknown criterion {statement.criterion}.")


def reason(name: str) -> str:
    """Return one line on why to choose a framework or target; empty if none is."""
    statements = load().about(name, "reason")
    return statements[0].says if statements else ""


def lifecycle(name: str) -> dict[str, str]:
    """Return where a framework or target stands: current, legacy or retired.

    With it, where something is said: `says`, `source`, `date`, and the `successor`'s
    name.
    """
    statements = load().about(name, "lifecycle")
    if not statements:
        return {"state": "current"}
    last = statements[-1]
    successor = {"successor": last.successor} if last.successor else {}
    return {"state": last.state, **last.as_json(), **successor}


def notices(cell: Cell) -> list[str]:
    """Return a line for each of the two that is no longer current."""
    found = (
        _notice(name, cell) for name in (cell.framework.topic, cell.target.name) if name
    )
    return [
        f"{notice['says']} ({notice['state']} since {notice['date']}, "
        f"{notice['source']}{_instead(notice)})"
        for notice in found
        if notice
    ]


def _instead(notice: Mapping[str, str]) -> str:
    return f"; instead: {notice['command']}" if notice["command"] else ""


def for_cell(cell: Cell) -> dict[str, object]:
    """Return the statements that a generated project repeats, ready for JSON.

    `document` is the title, `rows` the document's words on the framework, `named` the
    row that names this very target, `since` what has changed, `lifecycle` the notice on
    a target that is no longer current.
    """
    guidance = load()
    framework, target = cell.framework.topic or "", cell.target.name
    said = guidance.about(framework, "document-says")
    since = guidance.about(framework, "since") + guidance.about(target, "since")
    notice = _notice(target, cell)
    return {
        "document": guidance.title,
        "rows": [_row(guidance, statement) for statement in said],
        "named": any(target in statement.targets for statement in said),
        "since": [
            _row(guidance, statement)
            for statement in since
            if not statement.targets or target in statement.targets
            # Once is enough: the notice says it already.
            if statement.source != notice.get("source")
        ],
        "lifecycle": notice,
    }


def _row(guidance: Guidance, statement: Statement) -> dict[str, str]:
    title = guidance.criteria.get(statement.criterion, "")
    return {
        "criterion": title,
        "says": statement.says,
        "source": statement.source,
        "when": statement.when_said,
    }


def _notice(name: str, cell: Cell) -> dict[str, str]:
    """Return the lifecycle of what is no longer current, with a way out if there is."""
    standing = lifecycle(name)
    if standing["state"] == "current":
        return {}
    framework, successor = cell.framework, standing.get("successor", "")
    if not any(
        target.name == successor and shared_formats(framework, target)
        for target in cell.catalog.targets()
    ):
        return {**standing, "command": ""}
    command = f"dlscaffold new --framework {framework.name} --target {successor}"
    return {**standing, "command": command}
