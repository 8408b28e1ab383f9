"""`dlscaffold compare`: the document's rows, with what has changed and was measured."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from dlscaffold.advice import guidance
from dlscaffold.advice.guidance import Guidance, Statement
from dlscaffold.layers.catalog import installed

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

NOTES = ("since", "measured")
# Columns of text in a table of three frameworks read badly below this.
WIDE = 110


def run(frameworks: Sequence[str], *, as_json: bool) -> None:
    """Print the comparison of the frameworks named, or of all in the document."""
    known = guidance.load()
    chosen = list(dict.fromkeys(frameworks)) or list(known.frameworks)
    if as_json:
        click.echo(json.dumps(describe(chosen, known)))
        return
    from rich.console import Console

    console = Console(highlight=False)
    show = _show_table if console.width >= WIDE else _show_list
    show(console, chosen, known)


def describe(frameworks: Sequence[str], known: Guidance) -> dict[str, Any]:
    """Return what `--json` prints: the document's words and the notes, kept apart."""
    return {
        "document": known.title,
        "frameworks": list(frameworks),
        "rows": [
            {
                "criterion": criterion,
                "title": title,
                "cells": {
                    name: {
                        "document": document_says(name, criterion, known),
                        "notes": [
                            {"kind": note.kind, **note.as_json()}
                            for note in notes(name, criterion, known)
                        ],
                    }
                    for name in frameworks
                },
            }
            for criterion, title in known.criteria.items()
        ],
    }


def document_says(framework: str, criterion: str, known: Guidance) -> str:
    """Return the document's words in one cell."""
    (cell,) = (
        statement.says
        for statement in known.about(framework, "document-says")
        if statement.criterion == criterion
    )
    return cell


def notes(framework: str, criterion: str, known: Guidance) -> list[Statement]:
    """Return what is said beside the document in one cell."""
    return [
        statement
        for kind in NOTES
        for statement in known.about(framework, kind)
        if statement.criterion == criterion
    ]


def title(framework: str) -> str:
    """Return a framework's name in prose."""
    return installed().framework(framework).title


def label(note: Statement) -> str:
    """Return how a note is marked, so that none is taken for the document's words."""
    return f"measured {note.date}" if note.kind == "measured" else note.when_said


def _show_table(console: Console, frameworks: Sequence[str], known: Guidance) -> None:
    from rich.table import Table

    sources: list[str] = []
    table = Table(title=_heading(known), show_lines=True, title_justify="left")
    table.add_column("", style="bold", max_width=14)
    for name in frameworks:
        table.add_column(title(name), ratio=1, overflow="fold")
    for criterion, row in known.criteria.items():
        cells = (_cell(name, criterion, known, sources) for name in frameworks)
        table.add_row(row, *cells)
    console.print(table)
    for number, source in enumerate(sources, start=1):
        console.print(f"[dim][{number}] {source}[/dim]", soft_wrap=True)


def _cell(
    name: str, criterion: str, known: Guidance, sources: list[str]
) -> RenderableType:
    from rich.text import Text

    text = Text(f"“{document_says(name, criterion, known)}”")
    for note in notes(name, criterion, known):
        if note.source not in sources:
            sources.append(note.source)
        number = sources.index(note.source) + 1
        text.append(f"\n{label(note)}: ", "cyan")
        text.append(f"{note.says} [{number}]", "dim")
    return text


def _show_list(console: Console, frameworks: Sequence[str], known: Guidance) -> None:
    from rich.padding import Padding
    from rich.text import Text

    console.print(_heading(known))
    for criterion, row in known.criteria.items():
        console.print(f"\n[bold]{row}[/bold]")
        for name in frameworks:
            words = f"“{document_says(name, criterion, known)}”"
            said = Text.assemble((f"{title(name)}  ", "bold"), words)
            console.print(Padding(said, (0, 0, 0, 2), expand=False))
            for note in notes(name, criterion, known):
                text = Text.assemble((f"{label(note)}: ", "cyan"), note.says)
                console.print(Padding(text, (0, 0, 0, 6), expand=False))
                console.print(f"      {note.source}", style="dim", soft_wrap=True)


def _heading(known: Guidance) -> str:
    return f"In quotation marks: “{known.title}”; the rest is said beside it."
