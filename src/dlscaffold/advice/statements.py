"""A statement about a layer or a place, with its source and date, and its checks."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from dlscaffold.advice.situation import Question
from dlscaffold.errors import LayerError
from dlscaffold.layers.manifest import FLAG, NUMBER, TABLE, TEXT, TEXTS, wrong_key

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
DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?")
SOURCE = re.compile(r"document|https://\S+|(docs|benchmarks)/\S+")
# Of these keys, each kind needs one.
NEEDED = {
    "advice": ("weight", "rules_out"),
    "lifecycle": ("state",),
    "place": ("where",),
}
# The keys of `needs`.
NEEDS = {"machines": TEXTS, "megabytes": NUMBER, "packages": TEXTS, "tools": TEXTS}


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


# The keys of a statement, with their types.
KEYS = {one.name: TEXT for one in fields(Statement) if one.type is str} | {
    "when": TABLE,
    "needs": TABLE,
    "where": TEXTS,
    "weight": NUMBER,
    "rules_out": FLAG,
}
del KEYS["kind"]

# What a key may hold, where that is one or more of certain words.
Words = Mapping[str, Sequence[str]]


def words_of(
    criteria: Iterable[str], questions: Iterable[Question], tools: Iterable[str]
) -> Words:
    """Return the words that statements may use, for keys and, in `when`, questions."""
    answers = {one.name: [*(one.levels or one.choices)] for one in questions}
    return {
        **{f"when {name}": [*known, OPEN] for name, known in answers.items()},
        "criterion": list(criteria),
        "state": STATES,
        "tools": list(tools),
        "where": answers["where"],
    }


def parse(
    found: Mapping[str, Any], words: Words, *, file: Path, about: str = ""
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
            if about and "about" in entry:
                fault = f"leave out about, which is {about} in this file"
            else:
                fault = next(_faults(kind, {"about": about, **entry}, words), "")
            if fault:
                said = f'[[{kind}]] "{entry.get("says", "")}"'
                raise GuidanceError(f"{file}: {said}: {fault}.")
            yield Statement(kind, **{"about": about, **entry})


def _faults(kind: str, entry: Mapping[str, Any], words: Words) -> Iterator[str]:
    """Yield what is wrong with a statement."""
    if fault := wrong_key(entry, KEYS) or wrong_key(entry.get("needs", {}), NEEDS):
        yield fault
    source, date = entry.get("source", ""), entry.get("date", "")
    for name in ("about", "says"):
        if not entry.get(name):
            yield f"give {name}"
    if not SOURCE.fullmatch(source):
        yield f"give a source ({SOURCE.pattern})"
    if source != DOCUMENT and not DATE.fullmatch(date or entry.get("checked", "")):
        yield "give date or checked, such as 2026-11-22"
    needed = NEEDED.get(kind, ())
    if needed and not any(map(entry.get, needed)):
        yield f"give {' or '.join(needed)}"
    asked = {f"when {name}": wanted for name, wanted in entry.get("when", {}).items()}
    for name, wanted in {**entry, **entry.get("needs", {}), **asked}.items():
        if name in asked and name not in words:
            yield f"{name} refers to an unknown question"
        for word in _alternatives(wanted) if name in words else ():
            # A framework may be a layer of another root, which is not there.
            if word not in words[name] and name != "when framework":
                yield f"{name} is {word}: use {', '.join(words[name])}"
    if entry.get("state", "current") != "current" and not date:
        yield f"give date, when it became {entry['state']}"


def _alternatives(wanted: str | list[str]) -> list[str]:
    return wanted if isinstance(wanted, list) else [wanted]
