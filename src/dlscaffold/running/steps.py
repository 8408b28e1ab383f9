"""Run a generated project from nothing, step by step."""

import os
import shlex
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from dlscaffold.errors import ScaffoldError, UsageError
from dlscaffold.layers.choices import STEPS
from dlscaffold.running.installers import choose_installer
from dlscaffold.running.interpreters import choose_interpreter, environment_python
from dlscaffold.running.metadata import read_manifest, requires_python
from dlscaffold.running.processes import child_process
from dlscaffold.running.results import Result, Step, Watcher, read_tests

LOG = Path("reports") / "smoke.log"
JUNIT = Path("reports") / "smoke-tests.xml"
INSTALLING = ("environment", "install")


@dataclass(frozen=True)
class Plan:
    """What a run does: the command of each step, in their order.

    `installer` is None where nothing is installed; `variables` are set for the steps
    that install.
    """

    project: Path
    commands: Mapping[str, list[str]]
    installer: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)


def make_plan(path: Path, *, python: str | None, first: str | None) -> Plan:
    """Return what to run in a project, from the step `first` on.

    Raises ScaffoldError if the folder is not a generated project or no Python fits it,
    and UsageError if the project has no such step.
    """
    project = path.resolve()
    manifest = read_manifest(project)
    names = steps_from(first, manifest["steps"])
    # Found from the project's folder too; a bare name is looked up. Links are kept, as
    # an environment's interpreter is one.
    is_path = python and ("/" in python or os.sep in python)
    named = str(Path(python).absolute()) if python and is_path else python
    own = environment_python(project)
    if named is None and names[0] != "environment" and not own.exists():
        raise ScaffoldError(
            f"{project} has no .venv yet; leave out --from, or name an interpreter "
            "with --python."
        )
    package, interpreter = manifest["package"], named or str(own)
    commands = {
        "train": [interpreter, "-m", f"{package}.train"],
        "export": [interpreter, "-m", f"{package}.export"],
        "test": [interpreter, "-m", "pytest", "-v", f"--junitxml={JUNIT}"],
    }
    if "install" not in names:
        return Plan(project, {name: commands[name] for name in names})
    base = named or choose_interpreter(requires_python(project))
    installer = choose_installer(project, base, own=named is None)
    commands |= {"environment": installer.environment, "install": installer.install}
    wanted = {name: commands[name] for name in names}
    return Plan(project, wanted, installer.name, installer.variables)


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


def run_steps(plan: Plan, watcher: Watcher) -> Result:
    """Run the steps until one fails and return how they went.

    The output goes to `reports/smoke.log`. Raises ScaffoldError if that cannot be
    written or a command cannot be started.
    """
    steps = [Step(name) for name in plan.commands]
    log_path = plan.project / LOG
    result = Result(str(plan.project), steps, str(log_path), plan.installer)
    with _open_log(plan.project) as log:
        if plan.installer:
            log.write(f"Installing with {plan.installer}\n")
        for step in steps:
            _run_step(step, plan, result, log, watcher)
            if step.status == "failed":
                break
    return result


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
    step: Step, plan: Plan, result: Result, log: IO[str], watcher: Watcher
) -> None:
    started = time.monotonic()
    step.status = "running"
    watcher(result, "")
    command = plan.commands[step.name]
    log.write(f"\n== {step.name}: {shlex.join(command)}\n")
    log.flush()
    variables = plan.variables if step.name in INSTALLING else {}
    with child_process(command, plan.project, variables) as child:
        for line in child.stdout or ():
            log.write(line)
            log.flush()
            step.seconds = time.monotonic() - started
            watcher(result, line.strip())
    step.seconds = round(time.monotonic() - started, 2)
    passed = child.returncode == 0
    if step.name == "test":
        result.tests = read_tests(plan.project / JUNIT)
        # A status of 0 is not enough: pytest gives it where all tests are skipped.
        passed = passed and result.tests.ok
    step.status = "passed" if passed else "failed"
    watcher(result, "")
