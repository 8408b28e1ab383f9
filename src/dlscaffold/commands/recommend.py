"""`dlscaffold recommend`: ask what could change the choice, show it with reasons."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dlscaffold.advice import ranking as advice
from dlscaffold.advice.answers import Answers, Question
from dlscaffold.advice.guidance import DOCUMENT, Statement, load
from dlscaffold.advice.ranking import Change, Option, Recommendation

if TYPE_CHECKING:
    from rich.console import Console

# Asked whatever has been answered: everything else follows from these two.
ALWAYS_ASKED = ("framework", "where")
# Options shown with their reasons; the others by name.
SHOWN = 3
OPEN = "I cannot say yet"


def run(answers: Answers, *, model: Path | None, as_json: bool) -> None:
    """Print the recommendation; exits with status 1 where nothing fits."""
    if model:
        answers = advice.from_model(model, answers)
    advice.recommend(answers)  # a contradiction ends it before anything is asked
    if not as_json and sys.stdin.isatty() and sys.stdout.isatty():
        answers = ask(answers)
    result = advice.recommend(answers)
    if as_json:
        click.echo(json.dumps(describe(result)))
    else:
        show(result)
    if not result.options:
        raise click.exceptions.Exit(1)


def ask(answers: Answers) -> Answers:
    """Return the answers with those added that could change the first choice."""
    for question in advice.questions(load()):
        if question.name not in answers.given and matters(question, answers):
            answer = _ask_choice(question)
            answers = advice.with_answer(answers, question.name, answer)
            advice.recommend(answers)
    return answers


def matters(question: Question, answers: Answers) -> bool:
    """Whether any answer to the question would change the first choice."""
    if question.name in ALWAYS_ASKED:
        return True
    known = load()
    others = (
        advice.first_choice(advice.with_answer(answers, question.name, value), known)
        for value in question.choices
    )
    first = advice.first_choice(answers, known)
    return any(other and first and other.name != first.name for other in others)


def _ask_choice(question: Question) -> str | None:
    import questionary

    choices = [
        questionary.Choice(meaning, value)
        for value, meaning in question.choices.items()
    ]
    choices.append(questionary.Choice(OPEN, ""))
    return str(questionary.select(question.prompt, choices).unsafe_ask()) or None


def describe(result: Recommendation) -> dict[str, Any]:
    """Return what `--json` prints."""
    return {
        "answers": result.answers.given,
        "assumed": list(result.assumed),
        "confidence": result.confidence,
        "would_change": [
            {
                "question": change.question,
                "answer": change.answer,
                "framework": change.first.framework.name,
                "target": change.first.target.name,
            }
            for change in result.changes
        ],
        "options": [_describe_option(option) for option in result.options],
        "ruled_out": [
            {
                "target": out.target.name,
                "because": [reason.as_json() for reason in out.because],
            }
            for out in result.ruled_out
        ],
        "notes": [note.as_json() for note in result.notes],
    }


def _describe_option(option: Option) -> dict[str, Any]:
    return {
        "framework": option.framework.name,
        "target": option.target.name,
        "format": option.format,
        "score": option.score,
        "for": [_weighed(reason) for reason in option.pros],
        "against": [_weighed(reason) for reason in option.cons],
        "command": option.command,
    }


def _weighed(reason: Statement) -> dict[str, Any]:
    return {**reason.as_json(), "weight": reason.weight}


def show(result: Recommendation) -> None:
    """Print the recommendation for people."""
    from rich.console import Console

    console = Console(highlight=False)
    if not result.options:
        console.print("[bold]Nothing here fits these answers.[/bold]\n")
    for place, option in enumerate(result.options[:SHOWN], start=1):
        _show_option(console, option, place)
    if rest := result.options[SHOWN:]:
        console.print(f"then {', '.join(option.name for option in rest)}\n")
    for out in result.ruled_out:
        console.print(f"[red]ruled out[/red]  {out.target.title}")
        _show_reasons(console, " ", list(out.because))
    for note in result.notes:
        _show_reasons(console, "[yellow]![/yellow]", [note])
    _show_confidence(console, result)
    if result.options:
        # Not wrapped, so that it can be copied from a narrow terminal too.
        click.echo(f"\n  {result.options[0].command}")


def _show_option(console: Console, option: Option, place: int) -> None:
    style = "bold green" if place == 1 else "bold"
    console.print(
        f"[{style}]{place}. {option.name}[/{style}]  [dim]score {option.score}[/dim]"
    )
    _show_reasons(console, "[green]+[/green]", option.pros)
    _show_reasons(console, "[red]-[/red]", option.cons)
    console.print()


def _show_reasons(console: Console, mark: str, reasons: list[Statement]) -> None:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 1))
    for reason in reasons:
        text = Text(reason.says, overflow="fold")
        if reason.source:
            text.append(f"\n{origin(reason)}", "dim")
        grid.add_row(mark, text)
    console.print(Padding(grid, (0, 0, 0, 3), expand=False))


def origin(statement: Statement) -> str:
    """Return on whose word it is said, and since when."""
    if statement.source == DOCUMENT:
        return "the document"
    return f"{statement.source}, {statement.when_said}"


def _show_confidence(console: Console, result: Recommendation) -> None:
    for assumption in result.assumed:
        console.print(f"Assumed, as it was not said: {assumption}.")
    if not result.options:
        return
    console.print(f"Confidence: [bold]{result.confidence}[/bold]{_because(result)}")
    if result.changes:
        console.print("These answers would change it:")
    for change in result.changes:
        console.print(f"   {flag(change)}: {change.first.name}")


def _because(result: Recommendation) -> str:
    if result.doubtful:
        return ": no more speaks for the first choice than against it."
    if result.tied:
        return ": the first two are as good as each other."
    return "." if result.changes else ": no open question would change it."


def flag(change: Change) -> str:
    """Return the option that gives the answer."""
    return f"--{change.question.replace('_', '-')} {change.answer}"
