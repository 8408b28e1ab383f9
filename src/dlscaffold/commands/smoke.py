"""`dlscaffold smoke`: run a generated project and say how it went."""

import json
import shlex
from collections import deque
from pathlib import Path

import click

from dlscaffold.running.results import Result
from dlscaffold.running.steps import make_plan, run_steps

TAIL_LINES = 25


def run(path: str, *, python: str | None, first: str | None, as_json: bool) -> None:
    """Smoke-test the project; exits with status 1 if a step failed."""
    result = smoke(Path(path), python=python, first=first, quiet=as_json)
    if as_json:
        click.echo(json.dumps(result.as_dict()))
    if not result.ok:
        raise click.exceptions.Exit(1)


def smoke(
    path: Path, *, python: str | None = None, first: str | None = None, quiet: bool
) -> Result:
    """Run the steps from `first` on, showing progress, and return how they went.

    Progress goes to standard output, or, if `quiet`, to standard error. Raises
    ScaffoldError if the folder is not a generated project or no Python fits it.
    """
    plan = make_plan(path, python=python, first=first)
    from dlscaffold.commands.progress import print_outcome, watching

    with watching(stderr=quiet) as watcher:
        result = run_steps(plan, watcher)
    if result.failed:
        words = ["dlscaffold", "smoke", str(path), "--from", result.failed]
        result.resume = shlex.join([*words, "--python", python] if python else words)
    with Path(result.log).open(encoding="utf-8") as lines:
        tail = [line.rstrip() for line in deque(lines, maxlen=TAIL_LINES)]
    print_outcome(result, tail, stderr=quiet)
    return result
