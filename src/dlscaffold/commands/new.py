"""`dlscaffold new`: from what was given or asked to a finished project."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
import textwrap
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dlscaffold.advice import guidance
from dlscaffold.errors import ScaffoldError, UsageError
from dlscaffold.layers import catalog
from dlscaffold.layers.catalog import Cell
from dlscaffold.project import names
from dlscaffold.project import rendering as project
from dlscaffold.terminal import printable

if TYPE_CHECKING:
    from dlscaffold.project.given import Given
    from dlscaffold.running.results import Result

DEFAULT_NAME = "digit-classifier"
# What `--yes` prefers among all that fits: the pair of the README's first command.
DEFAULTS = ("keras", "flask")
DEFAULT_LICENSE = "MIT"
MARGIN = " " * 5  # of what is said of a choice


@dataclass(frozen=True)
class Request:
    """What was given on the command line; None for what was not."""

    name: str | None
    framework: str | None
    target: str | None
    format: str | None
    license: str
    backend: str | None = None
    given: Given | None = None
    output_dir: Path = Path()
    # Options that say nothing of the combination, for the command that is printed.
    others: tuple[str, ...] = ()

    def find_cell(self) -> Cell:
        """Return the legal combination that was asked for; all is given by now.

        Raises UsageError, with what would fit, where there is none.
        """
        framework, target = str(self.framework), str(self.target)
        return catalog.find_cell(framework, target, self.format, self.backend)


def read_model(
    model: str | None, examples: str | None, *, python: str | None, trust: bool
) -> Given | None:
    """Return the model to start from, if one was named.

    Raises UsageError where it cannot be used, or what belongs to it came without it.
    """
    if model is None:
        if examples or python or trust:
            raise UsageError("--examples, --python and --trust belong to a --model.")
        return None
    from dlscaffold.project import given

    return given.read(
        Path(model),
        own=Path(examples) if examples else None,
        python=python,
        trust=trust,
    )


def run(
    request: Request,
    *,
    yes: bool,
    dry_run: bool,
    git: bool,
    run_smoke: bool,
    as_json: bool,
) -> None:
    """Generate the project that was asked for, and say what to do next."""
    flags = {"--dry-run": dry_run, "--git": git, "--smoke": run_smoke}
    given = (flag for flag, on in {**flags, "--json": as_json}.items() if on)
    answers = resolve(replace(request, others=tuple(given)), yes=yes)
    destination = request.output_dir / answers.names.slug
    _tell(_summary(answers, destination), as_json)
    if dry_run:
        project.refuse_taken(destination)
        _show(answers, destination, as_json, written=False)
        return
    project.generate(answers, request.output_dir)
    fault = _start_repository(destination) if git else None
    result = _smoke(destination, quiet=as_json) if run_smoke else None
    _show(answers, destination, as_json, written=True, result=result)
    if fault:
        raise fault
    if result and not result.ok:
        raise click.exceptions.Exit(1)


def _smoke(destination: Path, *, quiet: bool) -> Result:
    from dlscaffold.commands import smoke

    return smoke.smoke(destination, quiet=quiet)


def resolve(request: Request, *, yes: bool) -> project.Answers:
    """Return all answers, asking for those that are missing.

    Raises UsageError where they do not fit together, or cannot be asked for.
    """
    if request.given:
        return _resolve_given(request, request.given, yes=yes)
    if request.framework:
        catalog.find_backend(catalog.find_framework(request.framework), request.backend)
    if request.framework and request.target:
        request.find_cell()
    if not any(fitting_cells(request)):
        raise UsageError(
            "Nothing fits these choices together; see what does with: dlscaffold list"
        )
    if yes:
        request = with_defaults(request)
    elif None in (request.name, request.framework, request.target):
        request = _ask(request)
    derived = names.derive(request.name or "")
    return project.Answers(derived, request.find_cell(), request.license)


def _resolve_given(request: Request, model: Given, *, yes: bool) -> project.Answers:
    """Return all answers for a project that starts from a model."""
    from dlscaffold.advice import ranking as advice
    from dlscaffold.project import given

    if request.framework or request.backend:
        raise UsageError(
            "--model says what it is made with: leave out --framework and --backend."
        )
    targets = given.fitting(model.description)
    if not targets:
        # What bars several targets is the model's own; the rest load something else.
        reasons = Counter(fit.because for fit in model.description.targets)
        most = max(reasons.values())
        own = [reason for reason, count in reasons.items() if count == most]
        raise UsageError(f"No target fits {model.path.name}: {'; '.join(own)}.")
    best = advice.best_target(model.framework)
    best = best if best in targets else targets[0]
    name = request.name or model.path.stem
    if not request.target and not yes and len(targets) > 1:
        layers = {one.name: one for one in catalog.targets() if one.name in targets}
        _require_terminal(replace(request, name=name, target=best))
        chosen = _ask_choice("What should serve it?", layers, recommended=best)
        request = replace(request, target=chosen)
    cell = given.find_cell(model, request.target or best, request.format)
    return project.Answers(names.derive(name), cell, request.license, model)


def with_defaults(request: Request) -> Request:
    """Return the request with the first fitting pair for what it leaves open."""
    cell = min(fitting_cells(request), key=_preference)
    return replace(
        request,
        name=DEFAULT_NAME if request.name is None else request.name,
        framework=cell.framework.name,
        target=cell.target.name,
    )


def fitting_cells(request: Request) -> Iterable[Cell]:
    """Yield the legal combinations that agree with what was given."""
    for cell in catalog.cells():
        if (
            request.framework in (None, cell.framework.name)
            and request.target in (None, cell.target.name)
            and request.format in (None, cell.format.name)
            and request.backend in (None, cell.backend_name)
        ):
            yield cell


def _preference(cell: Cell) -> tuple[bool, bool, bool]:
    framework, target = DEFAULTS
    # A framework comes first where its own, preferred backend does.
    is_special = cell.special_backend is not None
    return is_special, cell.framework.name != framework, cell.target.name != target


def _ask(request: Request) -> Request:
    _require_terminal(request)
    if request.name is None:
        request = replace(request, name=_ask_name(request.output_dir))
    names.derive(request.name or "")
    cells = list(fitting_cells(request))
    if request.framework is None:
        layers = {cell.framework.name: cell.framework for cell in cells}
        chosen = _ask_choice("Which framework is the model trained in?", layers)
        request = replace(request, framework=chosen)
    if request.target is None:
        cells = list(fitting_cells(request))
        layers_ = {cell.target.name: cell.target for cell in cells}
        from dlscaffold.advice import ranking as advice

        best = advice.best_target(request.framework)
        chosen = _ask_choice("What should serve it?", layers_, recommended=best)
        request = replace(request, target=chosen)
    return request


def _require_terminal(request: Request) -> None:
    """Raise UsageError, with the whole command, where nobody can be asked."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        return
    full = request if request.given else with_defaults(request)
    raise UsageError(
        "There is no terminal to ask on, so give every choice, or --yes for the "
        f"defaults: {command_line(full)}"
    )


def _ask_name(output_dir: Path) -> str:
    import questionary

    def check(name: str) -> bool | str:
        try:
            project.refuse_taken(output_dir / names.derive(name).slug)
        except ScaffoldError as error:
            return error.format_message()
        return True

    question = questionary.text("Project name", default=DEFAULT_NAME, validate=check)
    return str(question.unsafe_ask())


def _ask_choice(
    question: str,
    layers: dict[str, catalog.Framework] | dict[str, catalog.Target],
    recommended: str = "",
) -> str:
    import questionary

    marks = {recommended: " (recommended)"}
    titles = {name: layer.title + marks.get(name, "") for name, layer in layers.items()}
    choices = [
        questionary.Choice(f"{title}\n{_indented(guidance.reason(name))}", name)
        for name, title in titles.items()
    ]
    default = recommended if recommended in layers else None
    return str(questionary.select(question, choices, default=default).unsafe_ask())


def _indented(text: str) -> str:
    """Return a text folded to the terminal, below the name that it belongs to."""
    width = shutil.get_terminal_size().columns - 1
    return textwrap.fill(text, width, initial_indent=MARGIN, subsequent_indent=MARGIN)


def command_line(request: Request) -> str:
    """Return the command that gives all of these answers without being asked."""
    words = ["dlscaffold", "new", request.name or DEFAULT_NAME]
    if request.given:
        words += request.given.options
    else:
        words += ["--framework", str(request.framework)]
    words += ["--target", str(request.target)]
    if request.format:
        words += ["--format", request.format]
    if request.backend:
        words += ["--backend", request.backend]
    if request.license != DEFAULT_LICENSE:
        words += ["--license", request.license]
    if request.output_dir != Path():
        words += ["--output-dir", str(request.output_dir)]
    return shlex.join([*words, *request.others])


def next_commands(answers: project.Answers, destination: Path) -> list[str]:
    """Return what to run after generating, ready to copy."""
    bin_folder = "Scripts" if os.name == "nt" else "bin"
    python = str(Path(".venv") / bin_folder / "python")
    verbs = answers.cell.target.manifest.get("next", [])
    package = answers.names.package
    return [
        f"cd {shlex.quote(str(destination))}",
        "dlscaffold smoke",
        *(verb.format(python=python, package=package) for verb in verbs),
    ]


def notices(cell: Cell) -> list[str]:
    """Return what to know before going on: lifecycles, and how to install here."""
    layers = [cell.framework, *([cell.backend] if cell.backend else [])]
    of_systems = [layer.manifest.get("notice", {}) for layer in layers]
    here = [str(one[sys.platform]) for one in of_systems if sys.platform in one]
    return [*guidance.notices(cell), *_why_backend(cell), *here]


def _why_backend(cell: Cell) -> list[str]:
    """Return why another backend computes than the one that the framework prefers."""
    for preferred in cell.framework.backends[:1]:
        if cell.special_backend and not catalog.shared_formats(preferred, cell.target):
            title = catalog.title_on(cell.framework, preferred)
            return [
                f"{title} exports nothing that {cell.target.title} loads, so the "
                f"project uses the backend {cell.special_backend.title} "
                f"(--backend {cell.backend_name})."
            ]
    return []


def describe(
    answers: project.Answers, destination: Path, *, written: bool
) -> dict[str, Any]:
    """Return what `--json` prints: names, choices, files with layers, next commands."""
    return {
        "project_name": answers.names.project,
        "slug": answers.names.slug,
        "package": answers.names.package,
        "framework": answers.cell.framework.name,
        "model": str(answers.given.path) if answers.given else None,
        "target": answers.cell.target.name,
        "format": answers.cell.format.name,
        "backend": answers.cell.backend_name,
        "license": answers.license,
        "path": str(destination.resolve()),
        "written": written,
        "files": {path: layer.label for path, layer in answers.files.items()},
        "notices": notices(answers.cell),
        "next": next_commands(answers, destination),
    }


def _summary(answers: project.Answers, destination: Path) -> str:
    cell = answers.cell
    return (
        f"{answers.names.project}: {cell.framework_title} with {cell.target.title}, "
        f"joined by the {cell.format.title} format\n"
        f"folder {printable(str(destination))}, package {answers.names.package}"
    )


def _show(
    answers: project.Answers,
    destination: Path,
    as_json: bool,
    *,
    written: bool,
    result: Result | None = None,
) -> None:
    if as_json:
        described = describe(answers, destination, written=written)
        smoked = {"smoke": result.as_dict()} if result else {}
        click.echo(json.dumps({**described, **smoked}))
        return
    if not written:
        from dlscaffold.commands import listing

        listing.print_tree(destination.name, answers.files)
        click.echo("Nothing was written; leave out --dry-run to generate it.")
        return
    for notice in notices(answers.cell):
        click.echo(notice)
    click.echo("\nNext:\n")
    for command in next_commands(answers, destination):
        click.echo(f"  {command}")


def _tell(text: str, as_json: bool) -> None:
    click.echo(text, err=as_json)


def _start_repository(destination: Path) -> ScaffoldError | None:
    """Start a Git repository in the project; return what went wrong, if anything."""
    import subprocess

    def git(*words: str, env: dict[str, str] | None = None) -> str:
        command = ["git", "-C", str(destination), *words]
        done = subprocess.run(
            command, env=env, capture_output=True, text=True, check=True
        )
        return done.stdout

    try:
        # Inside a hook of Git's, these point at the repository that the hook is for.
        other = git("rev-parse", "--local-env-vars").split()
        own = {name: value for name, value in os.environ.items() if name not in other}
        git("init", "--quiet", env=own)
        git("add", "--all", env=own)
    except FileNotFoundError:
        reason, mend = "there is no git", "install git"
    except subprocess.CalledProcessError as error:
        reason = str(error.stderr).strip().partition("\n")[0] or "git failed"
        mend = "mend that"
    else:
        return None
    return ScaffoldError(
        f"{destination} is generated, but is no repository ({reason}); {mend} and run "
        "`git init` in it."
    )
