"""The progress display of `dlscaffold smoke`, and the lines printed at its end."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from dlscaffold.running.results import Result, Watcher

MARKS = {"waiting": "·", "passed": "✓", "failed": "✗"}
STYLES = {"waiting": "dim", "running": "bold", "passed": "green", "failed": "red"}


@contextmanager
def watching(*, stderr: bool) -> Iterator[Watcher]:
    """Yield a function that shows a result: live on a terminal, else line by line."""
    console = _console(stderr)
    if not console.is_terminal:
        yield _Lines(console)
        return
    with Live(console=console, refresh_per_second=8) as live:
        display = _Display()
        live.update(display)
        yield display.show


class _Display:
    """The table of steps, redrawn several times a second while a step runs."""

    def __init__(self) -> None:
        self.result: Result | None = None
        self.line = ""
        self.shown = time.monotonic()
        self.spinner = Spinner("dots")

    def show(self, result: Result, line: str) -> None:
        self.result = result
        self.line = line or self.line
        self.shown = time.monotonic()

    def __rich__(self) -> Group:
        table = Table.grid(padding=(0, 1))
        for step in self.result.steps if self.result else ():
            style, running = STYLES[step.status], step.status == "running"
            mark = self.spinner if running else Text(MARKS[step.status], style)
            # The time goes on while a step prints nothing.
            silent = time.monotonic() - self.shown if running else 0
            seconds = f"{step.seconds + silent:.0f} s"
            waiting = step.status == "waiting"
            table.add_row(mark, Text(step.name, style), "" if waiting else seconds)
        newest = Text(self.line, style="dim", no_wrap=True, overflow="ellipsis")
        return Group(table, newest)


class _Lines:
    """For logs and pipes: a line when a step begins, and one when it has ended."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.shown: set[tuple[str, str]] = set()

    def __call__(self, result: Result, _line: str) -> None:
        for step in result.steps:
            if (step.name, step.status) in self.shown:
                continue
            self.shown.add((step.name, step.status))
            if step.status == "running":
                self.console.print(f"{step.name} ...")
            elif step.status != "waiting":
                self.console.print(f"{step.name} {step.status}, {step.seconds:.1f} s")


def print_outcome(result: Result, log_tail: list[str], *, stderr: bool) -> None:
    """Print the counts, why tests were skipped and, after a failure, what to do."""
    console = _console(stderr)
    if tests := result.tests:
        console.print(
            f"{tests.passed} passed, {tests.failed} failed, "
            f"{len(tests.skipped)} skipped"
        )
        for name, value in tests.properties.items():
            console.print(f"  {name}: {value}", markup=False)
        for skip in tests.skipped:
            console.print(f"  skipped {skip['test']}: {skip['reason']}", markup=False)
    if result.ok:
        console.print(f"Smoke tests passed: {result.project}", markup=False)
        return
    console.print("\nThe end of the log:\n")
    for line in log_tail:
        console.print(f"  {line}", markup=False, highlight=False)
    console.print(
        f"\nThe step {result.failed} failed; the whole log is {result.log}\n"
        f"When it is fixed, continue with: {result.resume}",
        markup=False,
    )


def _console(stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    return Console(file=stream, soft_wrap=True, highlight=False)
