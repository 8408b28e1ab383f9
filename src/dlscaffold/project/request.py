"""From what was given on the command line to everything that a project needs."""

import shlex
import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dlscaffold.advice.ranking import best_target
from dlscaffold.data import Data, read
from dlscaffold.errors import UsageError
from dlscaffold.layers.catalog import DEFAULT_TASK, Catalog, Cell
from dlscaffold.layers.choices import NONE
from dlscaffold.layers.finding import (
    find_backend,
    find_cell,
    refuse_misfit,
    with_add_ons,
)
from dlscaffold.project import given, names, own
from dlscaffold.project.answers import Answers
from dlscaffold.project.given import Given

DEFAULT_NAME = "digit-classifier"
# What `--yes` prefers among all that fits: the pair of the README's first command.
DEFAULTS = ("keras", "flask")
DEFAULT_LICENSE = "MIT"


@dataclass(frozen=True)
class Request:
    """What was given on the command line; None, or nothing, for what was not."""

    name: str | None = None
    framework: str | None = None
    target: str | None = None
    format: str | None = None
    license: str = DEFAULT_LICENSE
    backend: str | None = None
    given: Given | None = None
    task: str | None = None
    data: Data | None = None
    apps: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    output_dir: Path = Path()
    # Options that say nothing of the combination, for the command that is printed.
    others: tuple[str, ...] = ()

    def allows(self, cell: Cell) -> bool:
        """Return whether a combination agrees with what was given."""
        return (
            self.framework in (None, cell.framework.name)
            and self.target in (None, cell.target.name)
            and self.format in (None, cell.format.name)
            and self.backend in (None, cell.backend_name)
        )

    def started(self, cell: Cell) -> Cell:
        """Return a combination that starts from the task or data that was given."""
        if self.data:
            task, source, goal = self.data.task, own.source(self.data), self.data.goal
            return replace(cell, start=cell.catalog.start(task, source, goal))
        if self.task:
            return replace(cell, start=cell.catalog.start(self.task))
        return cell


def read_request(options: dict[str, Any], others: tuple[str, ...]) -> Request:
    """Return the request that the options make, the model or data in them read.

    Raises ScaffoldError or UsageError if they, or options for them, cannot be used.
    """
    model, data, label, text = map(options.pop, ("model", "data", "label", "text"))
    own, python, trust = (options.pop(name) for name in ("examples", "python", "trust"))
    if model is None and (own or python or trust):
        raise UsageError("--examples, --python and --trust need --model.")
    if data is None and (label or text):
        raise UsageError("--label and --text need --data.")
    if model and (data or options["task"]):
        raise UsageError("--model needs no training: leave out --task and --data.")
    loading = {"own": Path(own) if own else None, "python": python, "trust": trust}
    return Request(
        given=None if model is None else given.read(Path(model), **loading),
        data=None if data is None else read(Path(data), options["task"], label, text),
        output_dir=Path(options.pop("output_dir")),
        others=others,
        **options,
    )


def resolve(request: Request, catalog: Catalog, *, yes: bool) -> Answers:
    """Return all answers, asking for those that are missing.

    Raises UsageError where they do not fit together, or cannot be asked for.
    """
    cells = legal_cells(request, catalog)
    if request.given and request.name is None:
        request = replace(request, name=request.given.path.stem)
    known = (request.name, request.framework or request.given, request.target)
    # A model that fits one target only leaves nothing to ask.
    if not yes and None in known and not (request.given and len(cells) == 1):
        request = _ask(request, cells)
        cells = legal_cells(request, catalog)
    cell = preferred(request, cells)
    name = DEFAULT_NAME if request.name is None else request.name
    apps = request.apps
    if not (apps or yes) and cell.fitting_apps and _is_interactive():
        from dlscaffold.project import asking  # it takes 0.1 s to import

        apps = tuple(asking.ask_apps(cell.fitting_apps)) or (NONE,)
    cell = with_add_ons(cell, apps, request.extras)
    return Answers(
        names.derive(name), cell, request.license, request.given, request.data
    )


def resolve_cell(request: Request, catalog: Catalog) -> Cell:
    """Return the combination to take without asking, with its apps and extras.

    Raises UsageError, with what would fit, where there is none.
    """
    cell = preferred(request, legal_cells(request, catalog))
    return with_add_ons(cell, request.apps, request.extras)


def legal_cells(request: Request, catalog: Catalog) -> list[Cell]:
    """Return the legal combinations that agree with what was given; at least one.

    Raises UsageError, with what would fit, where there is none.
    """
    if request.given:
        return _cells_of_model(request, request.given, catalog)
    wanted = (request.format, request.backend)
    if request.framework and request.target:
        found = find_cell(catalog, request.framework, request.target, *wanted)
        return [refuse_misfit(request.started(found))]
    if request.framework:
        find_backend(catalog.framework(request.framework), request.backend)
    agreeing = filter(request.allows, catalog.cells())
    started = [request.started(cell) for cell in agreeing]
    cells = [cell for cell in started if cell.refusal is None] or [
        refuse_misfit(cell) for cell in started
    ]
    if not cells:
        raise UsageError(
            "Nothing fits these choices together; see what does with: dlscaffold list"
        )
    return cells


def _cells_of_model(request: Request, model: Given, catalog: Catalog) -> list[Cell]:
    """Return a combination for each target that fits a model."""
    if request.framework or request.backend:
        raise UsageError(
            "--model determines the framework: leave out --framework and --backend."
        )
    targets = given.fitting(model.description)
    if not targets:
        # The most frequent reason is about the model itself, others about formats.
        reasons = Counter(fit.because for fit in model.description.targets)
        most = max(reasons.values())
        own = [reason for reason, count in reasons.items() if count == most]
        raise UsageError(f"No target fits {model.path.name}: {'; '.join(own)}.")
    wanted = [request.target] if request.target else targets
    return [given.cell_of(model, name, request.format, catalog) for name in wanted]


def preferred(request: Request, cells: list[Cell]) -> Cell:
    """Return the combination to take where nothing more is said."""
    agreeing = list(filter(request.allows, cells))
    if request.given:
        best = best_target(cells[0].framework.topic, cells[0].catalog)
        return min(agreeing, key=lambda cell: cell.target.name != best)
    framework, target = DEFAULTS
    # A framework comes first where its own, preferred backend does.
    return min(
        agreeing,
        key=lambda cell: (
            cell.special_backend is not None,
            cell.framework.name != framework,
            cell.target.name != target,
        ),
    )


def _is_interactive() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _ask(request: Request, cells: list[Cell]) -> Request:
    """Return the request with the name, the framework and the target asked for."""
    if not _is_interactive():
        cell = preferred(request, cells)
        name = DEFAULT_NAME if request.name is None else request.name
        request = replace(request, name=name, target=cell.target.name)
        request = replace(request, framework=cell.framework.name)
        raise UsageError(
            "There is no terminal to ask on, so give every choice, or --yes for the "
            f"defaults: {command_line(request)}"
        )
    from dlscaffold.project import asking

    if request.name is None:
        name = asking.ask_name(request.output_dir, DEFAULT_NAME)
        request = replace(request, name=name)
    names.derive(request.name or "")
    if request.task is None and not (request.given or request.data):
        tasks = {task.name: task for task in cells[0].catalog.tasks()}
        task = asking.ask_layer("What is the model about?", tasks, DEFAULT_TASK)
        request = replace(request, task=task)
        started = map(request.started, cells)
        cells = [cell for cell in started if cell.refusal is None]
    if request.framework is None and not request.given:
        layers = {cell.framework.name: cell.framework for cell in cells}
        question = "Which framework is the model trained in?"
        request = replace(request, framework=asking.ask_layer(question, layers))
    if request.target is None:
        allowed = filter(request.allows, cells)
        targets = {cell.target.name: cell.target for cell in allowed}
        topic = cells[0].framework.topic if request.given else request.framework
        best = best_target(topic, cells[0].catalog)
        question = "What should serve it?"
        request = replace(request, target=asking.ask_layer(question, targets, best))
    return request


def command_line(request: Request) -> str:
    """Return the command that gives all of these answers without being asked."""
    options = {
        "--target": request.target,
        "--format": request.format,
        "--backend": request.backend,
        "--license": None if request.license == DEFAULT_LICENSE else request.license,
        "--output-dir": None if request.output_dir == Path() else request.output_dir,
    }
    words = ["dlscaffold", "new", request.name or DEFAULT_NAME]
    if request.given:
        words += request.given.options
    else:
        words += ["--framework", str(request.framework)]
    if request.data:
        words += own.words(request.data)
    elif request.task:
        words += ["--task", request.task]
    for option, value in options.items():
        words += [] if value is None else [option, str(value)]
    words += [word for name in request.apps for word in ("--app", name)]
    words += [word for name in request.extras for word in ("--with", name)]
    return shlex.join([*words, *request.others])
