"""`dlscaffold recommend`: ask what could change the choice, show it with reasons."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dlscaffold.advice import guidance
from dlscaffold.advice.guidance import Guidance
from dlscaffold.advice.ranking import Option, refuse_conflicts
from dlscaffold.advice.recommendation import (
    Recommendation,
    from_model,
    open_questions,
    recommend,
    worth_asking,
)
from dlscaffold.advice.situation import Question, Situation
from dlscaffold.advice.statements import DOCUMENT, Statement
from dlscaffold.layers.catalog import installed

if TYPE_CHECKING:
    from rich.console import Console

# Options shown with their reasons; the others by name.
SHOWN = 3
UNKNOWN = "I cannot say yet"


def run(*, model: str | None, as_json: bool, **answers: Any) -> None:
    """Print the recommendation; exits with status 1 if nothing fits."""
    known = guidance.load(installed())
    given = [one.name for one in known.questions if answers[one.name] is not None]
    situation = Situation({name: answers[name] for name in given})
    if model:
        situation = from_model(Path(model), situation, known)
    refuse_conflicts(situation, known)  # before anything is asked
    if not as_json and sys.stdin.isatty() and sys.stdout.isatty():
        situation = ask(situation, known)
    result = recommend(situation, known)
    if as_json:
        click.echo(json.dumps(to_json(result)))
    else:
        show(result)
    if not result.options:
        raise click.exceptions.Exit(1)


def ask(situation: Situation, known: Guidance) -> Situation:
    """Return the situation with answers that could change the first choice.

    Raises UsageError as soon as two answers contradict each other.
    """
    for question in open_questions(situation, known):
        if worth_asking(question, situation, known):
            if answer := _ask_choice(question):
                situation = situation.with_answer(question, answer)
            refuse_conflicts(situation, known)
    return situation


def _ask_choice(question: Question) -> str | None:
    import questionary

    meanings = {**question.choices, "": UNKNOWN}
    choices = [questionary.Choice(says, one) for one, says in meanings.items()]
    return str(questionary.select(question.prompt, choices).unsafe_ask()) or None


def to_json(result: Recommendation) -> dict[str, Any]:
    """Return what `--json` prints."""
    return {
        "answers": result.situation.answers,
        "assumed": result.assumed,
        "confidence": result.confidence,
        "would_change": [
            {
                "question": change.question.name,
                "answer": change.answer,
                "framework": change.first.framework.name,
                "target": change.first.target.name,
            }
            for change in result.changes
        ],
        "options": [_option_to_json(option) for option in result.options],
        "ruled_out": [
            {
                "target": out.target.name,
                "because": [reason.to_json() for reason in out.because],
            }
            for out in result.ruled_out
        ],
        "notes": [note.to_json() for note in result.notes],
    }


def _option_to_json(option: Option) -> dict[str, Any]:
    return {
        "framework": option.framework.name,
        "target": option.target.name,
        "format": option.format,
        "score": option.score,
        "for": [{**one.to_json(), "weight": one.weight} for one in option.pros],
        "against": [{**one.to_json(), "weight": one.weight} for one in option.cons],
        "command": option.command,
    }


def show(result: Recommendation) -> None:
    """Print the recommendation for people."""
    from rich.console import Console

    console = Console(highlight=False)
    if not result.options:
        console.print("[bold]Nothing here fits these answers.[/bold]\n")
    for place, option in enumerate(result.options[:SHOWN], start=1):
        style = "bold green" if place == 1 else "bold"
        name = f"[{style}]{place}. {option.name}[/{style}]"
        console.print(f"{name}  [dim]score {option.score}[/dim]")
        _show_reasons(console, "[green]+[/green]", option.pros)
        _show_reasons(console, "[red]-[/red]", option.cons)
        console.print()
    if rest := result.options[SHOWN:]:
        console.print(f"then {', '.join(option.name for option in rest)}\n")
    for out in result.ruled_out:
        console.print(f"[red]ruled out[/red]  {out.target.title}")
        _show_reasons(console, " ", out.because)
    _show_reasons(console, "[yellow]![/yellow]", result.notes)
    _show_confidence(console, result)
    if result.options:
        # Not wrapped, so that it can be copied from a narrow terminal too.
        click.echo(f"\n  {result.options[0].command}")


def _show_reasons(console: Console, mark: str, reasons: Sequence[Statement]) -> None:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 1))
    for reason in reasons:
        text = Text(reason.says, overflow="fold")
        if reason.source == DOCUMENT:
            text.append("\nthe document", "dim")
        elif reason.source:
            text.append(f"\n{reason.source}, {reason.dated}", "dim")
        grid.add_row(mark, text)
    if reasons:
        console.print(Padding(grid, (0, 0, 0, 3), expand=False))


def _show_confidence(console: Console, result: Recommendation) -> None:
    for assumption in result.assumed:
        console.print(f"Assumed, as it was not given: {assumption}.")
    if not result.options:
        return
    because = f": {result.doubt}." if result.doubt else "."
    if not (result.doubt or result.changes):
        because = ": no open question would change it."
    console.print(f"Confidence: [bold]{result.confidence}[/bold]{because}")
    if result.changes:
        console.print("These answers would change it:")
    for change in result.changes:
        answer = f"{change.question.option} {change.answer}"
        console.print(f"   {answer}: {change.first.name}")
