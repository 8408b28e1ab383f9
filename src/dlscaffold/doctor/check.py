"""What every part of the report is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dlscaffold.advice import guidance
from dlscaffold.layers.catalog import installed

STATES = ("fine", "warning", "missing")
PATIENCE = 15  # seconds that another program may take to answer


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: how it is, and what to do if it is not fine."""

    name: str
    state: str
    says: str
    mend: str = ""


def needs_of(name: str) -> Mapping[str, Any]:
    """Return what the guidance says that a framework or target needs."""
    for statement in guidance.load(installed()).of("needs"):
        if statement.about in (f"frameworks/{name}", f"targets/{name}"):
            return statement.needs
    return {}
