"""`dlscaffold smoke`: run a generated project from nothing, step by step."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree

import click

from dlscaffold.errors import ScaffoldError, UsageError
from dlscaffold.layers.choices import STEPS
from dlscaffold.running.ending import ending_cleanly

MANIFEST = ".dlscaffold.json"
LOG = Path("reports") / "smoke.log"
JUNIT = Path("reports") / "smoke-tests.xml"
TAIL_LINES = 25
GRACE_SECONDS = 10
# What the manifest has to say, and in which form.
FIELDS = {
    "package": r"[A-Za-z_]\w*",
    "requires_python": r"\d{1,3}\.\d{1,3}",
    "steps": r"(train )?export",
}


@dataclass
class Step:
    """One step as it went: waiting, running, passed, failed."""

    name: str
    status: str = "waiting"
    seconds: float = 0.0


@dataclass
class Tests:
    """What the project's own tests came to; a skip is a name with its reason.

    The properties are what the tests recorded of themselves: which server answered.
    """

    passed: int = 0
    failed: int = 0
    skipped: list[dict[str, str]] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)


@dataclass
class Result:
    """A whole run. `ok` is true only if every step passed and some test ran."""

    project: str
    steps: list[Step]
    log: str
    tests: Tests | None = None
    resume: str | None = None

    @property
    def ok(self) -> bool:
        """Whether every step that was asked for passed."""
        return all(step.status == "passed" for step in self.steps)

    def as_dict(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return {"ok": self.ok, **asdict(self)}


# Called whenever something changed, with the newest line of output.
Watcher = Callable[[Result, str], None]


def run(path: Path, *, python: str | None, first: str | None, as_json: bool) -> None:
    """Smoke-test the project and exit with a status that can be trusted."""
    result = smoke(path, python=python, first=first, quiet=as_json)
    if as_json:
        click.echo(json.dumps(result.as_dict()))
    if not result.ok:
        raise click.exceptions.Exit(1)


def smoke(
    path: Path, *, python: str | None = None, first: str | None = None, quiet: bool
) -> Result:
    """Run the steps from `first` on, showing progress, and return how they went.

    Progress goes to standard output, or, if `quiet`, to standard error. Raises
    ScaffoldError if the folder is no generated project or no Python fits it.
    """
    project = path.resolve()
    manifest = read_manifest(project)
    interpreter = _from_anywhere(python) or find_python(manifest["requires_python"])
    commands = step_commands(project, manifest["package"], interpreter, own=not python)
    names = steps_from(first, manifest["steps"])
    _require_environment(project, names[0], own=not python)
    result = Result(str(project), [Step(name) for name in names], str(project / LOG))
    from dlscaffold.running.progress import watching

    with watching(stderr=quiet) as watcher, _open_log(project) as log:
        for step in result.steps:
            _run_step(step, commands[step.name], result, log, watcher)
            if step.name == "test":
                result.tests = _read_tests(project, step)
            if step.status == "failed":
                result.resume = resume_command(path, step.name, python)
                break
    from dlscaffold.running.progress import print_outcome

    print_outcome(result, tail(project / LOG), stderr=quiet)
    return result


def read_manifest(project: Path) -> dict[str, str]:
    """Return the answers that the project was generated from."""
    try:
        fields = json.loads((project / MANIFEST).read_text("utf-8"))
        found = {name: fields[name] for name in FIELDS}
        if all(re.fullmatch(FIELDS[name], value) for name, value in found.items()):
            return found
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        pass
    raise ScaffoldError(
        f"{project} is not a generated project ({MANIFEST} is missing or broken); "
        "name one, as in: dlscaffold smoke PATH"
    )


def steps_from(first: str | None, own: str) -> list[str]:
    """Return the steps from one on, given the project's own steps.

    Raises UsageError if the project does not have it.
    """
    steps = [step for step in STEPS if step != "train" or step in own.split()]
    if first and first not in steps:
        raise UsageError(
            f"The project has no step {first}; it has {', '.join(steps)}: "
            "choose one of them for --from."
        )
    return steps[steps.index(first or STEPS[0]) :]


def _from_anywhere(python: str | None) -> str | None:
    """Return the interpreter so that it is found from the project's folder too.

    Links are kept, as an environment's interpreter is one; a bare name is looked up.
    """
    if python and ("/" in python or os.sep in python):
        return str(Path(python).absolute())
    return python


def find_python(minimum: str) -> str:
    """Return an interpreter that the project can run on: this one, or one on PATH."""
    least = tuple(map(int, minimum.split(".")))
    if sys.version_info[:2] >= least:
        return sys.executable
    from dlscaffold.doctor.machine import find_pythons

    for version, path in find_pythons().items():
        if tuple(map(int, version.split("."))) >= least:
            return path
    raise ScaffoldError(
        f"The project needs Python {minimum} or newer; "
        "install one, or name one with --python."
    )


def resume_command(path: Path, first: str, python: str | None) -> str:
    """Return the command that goes on from a step."""
    words = ["dlscaffold", "smoke", str(path), "--from", first]
    return shlex.join([*words, "--python", python] if python else words)


def step_commands(
    project: Path, package: str, interpreter: str, *, own: bool
) -> dict[str, list[str]]:
    """Return the command of each step, by the step's name."""
    python = str(environment_python(project)) if own else interpreter
    create = [interpreter, "-m", "venv", str(project / ".venv")]
    return {
        "environment": create if own else [interpreter, "--version"],
        "install": [python, "-m", "pip", "install", "-e", ".[dev]"],
        "train": [python, "-m", f"{package}.train"],
        "export": [python, "-m", f"{package}.export"],
        "test": [python, "-m", "pytest", "-v", f"--junitxml={JUNIT}"],
    }


def environment_python(project: Path) -> Path:
    """Return the interpreter of the project's own environment."""
    folder = "Scripts/python.exe" if os.name == "nt" else "bin/python"
    return project / ".venv" / folder


def _require_environment(project: Path, first: str, *, own: bool) -> None:
    if own and first != "environment" and not environment_python(project).exists():
        raise ScaffoldError(
            f"{project} has no .venv yet; leave out --from, or name an interpreter "
            "with --python."
        )


def _open_log(project: Path) -> IO[str]:
    try:
        (project / LOG).parent.mkdir(exist_ok=True)
        # A report of an earlier run must not count for this one.
        (project / JUNIT).unlink(missing_ok=True)
        return (project / LOG).open("w", encoding="utf-8")
    except OSError as error:
        raise ScaffoldError(
            f"Cannot write {project / LOG} ({error.strerror}); make the project "
            "writable."
        ) from error


def _run_step(
    step: Step, command: list[str], result: Result, log: IO[str], watcher: Watcher
) -> None:
    started = time.monotonic()
    step.status = "running"
    watcher(result, "")
    log.write(f"\n== {step.name}: {shlex.join(command)}\n")
    log.flush()
    with _child(command, Path(result.project)) as child:
        for line in child.stdout or ():
            log.write(line)
            log.flush()
            step.seconds = time.monotonic() - started
            watcher(result, line.strip())
    step.seconds = round(time.monotonic() - started, 2)
    step.status = "passed" if child.returncode == 0 else "failed"
    watcher(result, "")


@contextmanager
def _child(command: list[str], project: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a command, and end it if this process is told to end."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
    environment.pop("PYTHONPATH", None)
    try:
        child = subprocess.Popen(
            command,
            cwd=project,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        raise ScaffoldError(
            f"Cannot run {command[0]} ({error.strerror}); name a Python interpreter "
            "with --python."
        ) from error
    # What a step leaves running would hold its output open, and so this process up.
    threading.Thread(target=_end_rest, args=(child,), daemon=True).start()
    with ending_cleanly(), child:
        try:
            yield child
        except BaseException:
            _end(child)
            raise


def _end(child: subprocess.Popen[str]) -> None:
    _tell_group(child, signal.SIGTERM)
    try:
        child.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _end_rest(child: subprocess.Popen[str]) -> None:
    """Wait for a step, and end the processes that it has started and left."""
    child.wait()
    _tell_group(child, signal.SIGTERM)


def _tell_group(child: subprocess.Popen[str], number: signal.Signals) -> None:
    """Send a signal to the child and to all that it has started."""
    if sys.platform == "win32":
        child.terminate()
        return
    with suppress(ProcessLookupError):
        os.killpg(child.pid, number)  # it leads a group of its own


def _read_tests(project: Path, step: Step) -> Tests:
    """Return the counts; a run that reports no passed test is a failed step."""
    tests = Tests()
    try:
        report = ElementTree.parse(project / JUNIT)  # noqa: S314
    except (OSError, ElementTree.ParseError):
        step.status = "failed"
        return tests
    for note in report.iterfind("testsuite/properties/property"):
        tests.properties[note.get("name", "")] = note.get("value", "")
    for case in report.iter("testcase"):
        skip = case.find("skipped")
        if skip is not None:
            name = f"{case.get('classname')}.{case.get('name')}"
            tests.skipped.append({"test": name, "reason": skip.get("message", "")})
        elif case.find("failure") is not None or case.find("error") is not None:
            tests.failed += 1
        else:
            tests.passed += 1
    if tests.failed or not tests.passed:
        step.status = "failed"
    return tests


def tail(log: Path) -> list[str]:
    """Return the end of the log."""
    with log.open(encoding="utf-8") as lines:
        return [line.rstrip() for line in deque(lines, maxlen=TAIL_LINES)]
