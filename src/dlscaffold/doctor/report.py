"""What this machine can do for each pair, and whether a project holds together."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dlscaffold.doctor.check import Check
from dlscaffold.doctor.generated import project_checks
from dlscaffold.doctor.machine import machine_checks
from dlscaffold.doctor.pairs import pair_checks
from dlscaffold.errors import ScaffoldError
from dlscaffold.running.smoke import MANIFEST

if TYPE_CHECKING:
    from rich.console import Console

MARKS = {
    "fine": "[green]fine[/green]",
    "warning": "[yellow]warning[/yellow]",
    "missing": "[red]missing[/red]",
}


@dataclass(frozen=True)
class Report:
    """All that was looked at; `project` is empty outside a generated project."""

    machine: tuple[Check, ...]
    pairs: tuple[Check, ...]
    project: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether the project holds together, or else whether any pair works here."""
        checks = self.project or self.pairs
        missing = [check.state == "missing" for check in checks]
        return not any(missing) if self.project else not all(missing)


def run(path: Path, *, as_json: bool) -> None:
    """Print the report; exits with status 1 if it is not ok."""
    if not path.is_dir():
        raise ScaffoldError(f"There is no folder {path}: name one.")
    report = examine(path)
    if as_json:
        click.echo(json.dumps({"ok": report.ok, **asdict(report)}))
    else:
        show(report)
    if not report.ok:
        raise click.exceptions.Exit(1)


def examine(path: Path) -> Report:
    """Return what there is to say of this machine, and of the project if it is one."""
    machine = {check.name: check for check in machine_checks(path)}
    generated = (path / MANIFEST).exists()
    return Report(
        machine=tuple(machine.values()),
        pairs=tuple(pair_checks(machine)),
        project=tuple(project_checks(path)) if generated else (),
    )


def show(report: Report) -> None:
    """Print the report for people, the project first where there is one."""
    from rich.console import Console

    console = Console(highlight=False)
    parts = {
        "This project": report.project,
        "This machine": report.machine,
        "What it can do": report.pairs,
    }
    for title, checks in parts.items():
        if checks:
            _show_checks(console, title, checks)


def _show_checks(console: Console, title: str, checks: tuple[Check, ...]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for check in checks:
        said = Text(check.says, overflow="fold")
        if check.state != "fine" and check.mend:
            said.append(f"\n→ {check.mend}", "bold")
        table.add_row(MARKS[check.state], Text(check.name, overflow="fold"), said)
    console.print(f"[bold]{title}[/bold]")
    console.print(table)
    console.print()
