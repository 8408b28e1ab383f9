"""`dlscaffold compare`: the document's rows, with what has changed and was measured."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from dlscaffold.advice import guidance
from dlscaffold.advice.guidance import Guidance
from dlscaffold.layers.catalog import installed
from dlscaffold.layers.layer import Framework

if TYPE_CHECKING:
    from rich.console import Console

# A table with several frameworks is hard to read in fewer columns.
WIDE = 110
NO_WORDS = "(not in the document)"


def run(frameworks: Sequence[str], *, as_json: bool) -> None:
    """Print the comparison of the frameworks named, or of all."""
    known = guidance.load(installed())
    every = {framework.name: framework for framework in known.catalog.frameworks()}
    chosen = [every[name] for name in dict.fromkeys(frameworks or every)]
    if as_json:
        click.echo(json.dumps(to_json(chosen, known)))
        return
    from rich.console import Console

    console = Console(highlight=False)
    described = [one for one in chosen if known.compares(one)]
    if described:
        console.print(
            f"In quotation marks: “{known.title}”. The rest was added to it.\n"
        )
        show = _show_table if console.width >= WIDE else _show_list
        show(console, described, known)
    for one in chosen:
        if one not in described:
            console.print(f"“{known.title}” does not mention {one.title}.")


def to_json(frameworks: Sequence[Framework], known: Guidance) -> dict[str, Any]:
    """Return what `--json` prints: the document's words and the notes, kept apart."""
    return {
        "document": known.title,
        "frameworks": [framework.name for framework in frameworks],
        "rows": [
            {
                "criterion": criterion,
                "title": title,
                "cells": {
                    framework.name: {
                        "document": known.document_says(framework, criterion),
                        "notes": [
                            {"kind": note.kind, **note.to_json()}
                            for note in known.notes(framework, criterion)
                        ],
                    }
                    for framework in frameworks
                },
            }
            for criterion, title in known.criteria.items()
        ],
    }


def _show_table(
    console: Console, frameworks: Sequence[Framework], known: Guidance
) -> None:
    from rich.table import Table
    from rich.text import Text

    sources: dict[str, int] = {}  # with their numbers
    table = Table(show_lines=True)
    table.add_column("", style="bold", max_width=14)
    for framework in frameworks:
        table.add_column(framework.title, ratio=1, overflow="fold")
    for criterion, row in known.criteria.items():
        cells = [Text(quoted(one, criterion, known)) for one in frameworks]
        for cell, framework in zip(cells, frameworks, strict=True):
            for note in known.notes(framework, criterion):
                number = sources.setdefault(note.source, len(sources) + 1)
                cell.append(f"\n{note.dated}: ", "cyan")
                cell.append(f"{note.says} [{number}]", "dim")
        table.add_row(row, *cells)
    console.print(table)
    for source, number in sources.items():
        console.print(f"[dim][{number}] {source}[/dim]", soft_wrap=True)


def _show_list(
    console: Console, frameworks: Sequence[Framework], known: Guidance
) -> None:
    from rich.padding import Padding
    from rich.text import Text

    for criterion, row in known.criteria.items():
        console.print(f"[bold]{row}[/bold]")
        for framework in frameworks:
            words = quoted(framework, criterion, known)
            said = Text.assemble((f"{framework.title}  ", "bold"), words)
            console.print(Padding(said, (0, 0, 0, 2), expand=False))
            for note in known.notes(framework, criterion):
                text = Text.assemble((f"{note.dated}: ", "cyan"), note.says)
                console.print(Padding(text, (0, 0, 0, 6), expand=False))
                console.print(f"      {note.source}", style="dim", soft_wrap=True)
        console.print()


def quoted(framework: Framework, criterion: str, known: Guidance) -> str:
    """Return the document's words in one cell, in quotation marks."""
    words = known.document_says(framework, criterion)
    return f"“{words}”" if words else NO_WORDS
