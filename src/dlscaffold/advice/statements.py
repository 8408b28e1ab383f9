"""A statement about a layer or a place, with its source and date, and its checks."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, NamedTuple

from dlscaffold.advice.situation import QUESTIONS
from dlscaffold.errors import LayerError

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
# How `when` refers to a question without an answer.
OPEN = "open"
STATES = ("current", "legacy", "retired")
PLACES = next(list(q.choices) for q in QUESTIONS if q.name == "where")
DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?")
SOURCE = re.compile(r"document|https://\S+|(docs|benchmarks)/\S+")
# The keys whose values are not text, with their types; and the keys of `needs`.
TYPES = {"when": dict, "needs": dict, "where": list, "weight": int, "rules_out": bool}
NEEDS = {"machines": list, "megabytes": int, "packages": list, "tools": list}
WORDS = {
    str: "text in quotes",
    dict: "a table",
    list: "a list",
    int: "a whole number",
    bool: "true or false",
}
# The tools that `doctor` can look for.
TOOLS = ("serving", "java", "android")


class GuidanceError(LayerError):
    """A guidance file that cannot be used; the message names the file and the fix."""


@dataclass(frozen=True)
class Statement:
    """A statement, with the source that a reader can check and how old it is.

    `about` is a layer's label, such as `targets/flask`, or a place, such as `phone`.
    """

    kind: str
    about: str
    says: str
    source: str = ""
    criterion: str = ""
    date: str = ""
    checked: str = ""
    state: str = ""
    successor: str = ""
    where: Sequence[str] = field(default=(), hash=False)
    when: Mapping[str, str | list[str]] = field(default_factory=dict, hash=False)
    without: str = ""
    needs: Mapping[str, Any] = field(default_factory=dict, hash=False)
    weight: int = 0
    rules_out: bool = False

    def holds(self, facts: Mapping[str, str]) -> bool:
        """Whether its conditions agree with the answers."""
        return all(
            facts.get(name, OPEN) in _alternatives(wanted)
            for name, wanted in self.when.items()
        )

    @property
    def dated(self) -> str:
        """How old it is, such as `since 2024-09` or `checked 2026-11-22`."""
        if self.kind == "measured":
            return f"measured {self.date}"
        return f"since {self.date}" if self.date else f"checked {self.checked}"

    def to_json(self) -> dict[str, str]:
        """Return the words, the source and the date, as far as there are any."""
        names = ("says", "source", "date", "checked")
        return {name: getattr(self, name) for name in names if getattr(self, name)}


class Terms(NamedTuple):
    """What statements may refer to: criteria, and the answers to each question."""

    criteria: Mapping[str, str]
    levels: Mapping[str, Mapping[str, float]]

    def answers(self, question: str) -> list[str]:
        """Return the answers to a question; none if there is no such question."""
        choices = {q.name: list(q.choices) for q in QUESTIONS}
        choices |= {name: list(levels) for name, levels in self.levels.items()}
        return [*choices[question], OPEN] if question in choices else []


KEYS = sorted({item.name for item in fields(Statement)} - {"kind"})


def parse(
    found: Mapping[str, Any], terms: Terms, *, file: Path, about: str = ""
) -> Iterator[Statement]:
    """Yield the statements of a guidance file, given as parsed TOML.

    `about` is the label of the layer that the file belongs to; without one, each
    statement names its own. Raises GuidanceError at the first fault.
    """
    for kind, entries in found.items():
        tables = isinstance(entries, list) and {*map(type, entries)} <= {dict}
        if kind not in KINDS or not tables:
            raise GuidanceError(f"{file}: use [[{']], [['.join(KINDS)}]], not {kind}.")
        for entry in entries:
            whole = {**entry, "about": about or entry.get("about")}
            keys, values = _wrong_keys(entry, about), _faults(kind, whole, terms)
            for fault in itertools.chain(keys, values):
                words = f'[[{kind}]] "{entry.get("says", "")}"'
                raise GuidanceError(f"{file}: {words}: {fault}.")
            yield Statement(kind, **whole)


def _wrong_keys(entry: Mapping[str, Any], about: str) -> Iterator[str]:
    if about and "about" in entry:
        yield f"leave out about, which is {about} in this file"
    yield from _wrong_types(entry, dict.fromkeys(KEYS, str) | TYPES)
    for fault in _wrong_types(entry.get("needs", {}), NEEDS):
        yield f"in needs, {fault}"


def _wrong_types(entry: Mapping[str, Any], types: Mapping[str, type]) -> Iterator[str]:
    for name, value in entry.items():
        if name not in types:
            yield f"the key {name} is unknown; use {', '.join(types)}"
        elif not isinstance(value, types[name]):
            yield f"{name} must be {WORDS[types[name]]}"


def _faults(kind: str, entry: Mapping[str, Any], terms: Terms) -> Iterator[str]:
    """Yield what is wrong with a statement whose keys and types are right."""
    for name in ("about", "says"):
        if not entry.get(name):
            yield f"give {name}"
    source = entry.get("source", "")
    if not SOURCE.fullmatch(source):
        yield f"give a source ({SOURCE.pattern})"
    date = entry.get("date") or entry.get("checked", "")
    if source != DOCUMENT and not DATE.fullmatch(date):
        yield "give date or checked, such as 2026-11-22"
    if kind == "lifecycle" and entry.get("state") not in STATES:
        yield f"give state: {', '.join(STATES)}"
    if entry.get("state", "current") != "current" and not entry.get("date"):
        yield f"give date, when it became {entry['state']}"
    where = entry.get("where", [])
    if (kind == "place" and not where) or any(one not in PLACES for one in where):
        yield f"give where, a list of {', '.join(PLACES)}"
    if kind == "advice" and not (entry.get("weight") or entry.get("rules_out")):
        yield "give weight or rules_out"
    if entry.get("criterion", "") not in {"", *terms.criteria}:
        yield f"use a criterion of {', '.join(terms.criteria)}"
    for tool in entry.get("needs", {}).get("tools", []):
        if tool not in TOOLS:
            yield f"in needs, use tools of {', '.join(TOOLS)}, not {tool}"
    for question, wanted in entry.get("when", {}).items():
        known = terms.answers(question)
        if not known:
            yield f"when refers to the unknown question {question}"
        for answer in _alternatives(wanted):
            # A framework may be a layer of another root, which is not there.
            if answer not in known and question != "framework":
                yield f"when {question} is {answer}: use {', '.join(known)}"


def _alternatives(wanted: str | list[str]) -> list[str]:
    return wanted if isinstance(wanted, list) else [wanted]
