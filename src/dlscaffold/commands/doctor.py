"""`dlscaffold doctor`: print what this machine can do, and check a project."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from dlscaffold.doctor.report import Report, examine
from dlscaffold.errors import ScaffoldError

MARKS = {
    "fine": "[green]fine[/green]",
    "warning": "[yellow]warning[/yellow]",
    "missing": "[red]missing[/red]",
}


def run(path: str, *, as_json: bool) -> None:
    """Print the report; exits with status 1 if it is not ok."""
    folder = Path(path)
    if not folder.is_dir():
        raise ScaffoldError(f"There is no folder {folder}: name one.")
    report = examine(folder)
    if as_json:
        click.echo(json.dumps({"ok": report.ok, **asdict(report)}))
    else:
        show(report)
    if not report.ok:
        raise click.exceptions.Exit(1)


def show(report: Report) -> None:
    """Print the report for people, the project first where there is one."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    parts = {
        "This project": report.project,
        "This machine": report.machine,
        "What it can do": report.pairs,
    }
    for title, checks in parts.items():
        table = Table.grid(padding=(0, 2))
        for check in checks:
            said = Text(check.says, overflow="fold")
            if check.state != "fine" and check.fix:
                said.append(f"\n→ {check.fix}", "bold")
            table.add_row(MARKS[check.state], Text(check.name, overflow="fold"), said)
        if checks:
            console.print(f"[bold]{title}[/bold]")
            console.print(table)
            console.print()
