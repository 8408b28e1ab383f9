"""What is said of frameworks and targets, read from `templates/guidance.toml`."""

from __future__ import annotations

from dlscaffold.catalog import Cell


def for_cell(cell: Cell) -> dict[str, object]:
    """Return the statements that a generated project repeats."""
    return {}


def reason(name: str) -> str:
    return ""


def lifecycle(name: str) -> dict[str, object]:
    return {"state": "current"}


def notices(cell: Cell) -> list[str]:
    return []
