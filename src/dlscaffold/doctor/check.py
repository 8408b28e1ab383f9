"""One check, as every part of the report has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dlscaffold.advice import guidance
from dlscaffold.layers.catalog import installed

STATES = ("fine", "warning", "missing")


@dataclass(frozen=True)
class Check:
    """One thing that was checked: its state, why, and the fix if it is not fine."""

    name: str
    state: str
    says: str
    fix: str = ""


def judged(name: str, fault: str, fix: str, fine: str) -> Check:
    """Return the check for a fault, which is an empty text where there is none."""
    return Check(name, "missing", fault, fix) if fault else Check(name, "fine", fine)


def needs_of(name: str) -> Mapping[str, Any]:
    """Return what the guidance says that a framework or target needs."""
    for statement in guidance.load(installed()).of("needs"):
        if statement.about in (f"frameworks/{name}", f"targets/{name}"):
            return statement.needs
    return {}
