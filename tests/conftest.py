"""Fixtures that several tests share; cells come from the catalog alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import settings

from dlscaffold.cli import main
from dlscaffold.data import Data
from dlscaffold.layers.catalog import DEFAULT_TASK, Cell, installed
from dlscaffold.layers.layer import Task
from dlscaffold.models.description import Description, Tensor
from dlscaffold.project import names
from dlscaffold.project import rendering as project
from dlscaffold.project.given import Given

# How long an example takes depends on the machine, and says nothing of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# Without bytecode to read, each process that a test starts compiles all it imports.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# For a terminal that does not answer where its cursor is; or else it is waited for.
NO_CURSOR = {"PROMPT_TOOLKIT_NO_CPR": "1"}

CATALOG = installed()


def given_cells() -> Iterator[Cell]:
    """Yield every combination of a kind of given model, a target and a format.

    Each kind comes with the user's own examples in one of its formats, with drawn ones
    in the others; what a cell has does not depend on which other targets there are.
    """
    own, drawn = map(CATALOG.find, ("shared/own-examples", "shared/drawn-examples"))
    for kind in CATALOG.models():
        first = kind.exports[0]
        for target in CATALOG.targets():
            for cell in CATALOG.cells_of(kind, target):
                examples = own if cell.format.name == first else drawn
                yield replace(cell, start=(examples,))


def with_everything(cell: Cell) -> Cell:
    """Return the combination with every app and extra that fits it."""
    apps, extras = tuple(cell.fitting_apps), tuple(cell.fitting_extras)
    return replace(cell, apps=apps, extras=extras)


def added_cells() -> Iterator[Cell]:
    """Yield each app with each target, and each extra once, where they fit first.

    Other layers than the packaged ones come last, so that they change nothing here.
    """
    cells = sorted(CELLS, key=lambda cell: len(roots(cell)))
    for app in CATALOG.apps():
        fitting = [cell for cell in cells if app in cell.fitting_apps]
        for cell in {cell.target: cell for cell in reversed(fitting)}.values():
            yield replace(cell, apps=(app,))
    for extra in CATALOG.extras():
        fitting = [cell for cell in cells if extra in cell.fitting_extras]
        yield replace(fitting[0], extras=(extra,))


def task_cells() -> Iterator[Cell]:
    """Yield each task but the default with each framework and server, from the sample.

    Each way to read a person's own data comes once.
    """
    pairs = {(cell.framework, cell.target): cell for cell in reversed(CELLS)}
    for task in CATALOG.tasks():
        goals = folders(task, "goals") or ["classification"]
        starts = [CATALOG.start(task.name, "sample", goal) for goal in goals]
        cells = [replace(c, start=s) for c in reversed(pairs.values()) for s in starts]
        fitting = [cell for cell in cells if cell.refusal is None]
        own = [source for source in folders(task, "sources") if source != "sample"]
        if task.name != DEFAULT_TASK:
            yield from fitting
        first = min(fitting, key=lambda cell: len(roots(cell)), default=None)
        for source in own if first else ():
            start = CATALOG.start(task.name, source, goals[0])
            yield replace(first, start=start)


def folders(task: Task, kind: str) -> list[str]:
    """Return what a task can choose between, by name."""
    below = task.path / kind
    return sorted(path.name for path in below.iterdir()) if below.is_dir() else []


def roots(cell: Cell) -> set[Path]:
    """Return the folders that a combination's layers come from."""
    return {layer.root for layer in cell.layers("MIT")}


CELLS = list(CATALOG.cells())
# Any file will do: generating does not read what is in it.
MODEL = Path(__file__).parent / "models" / "examples.json"
GIVEN_CELLS = list(given_cells())
ADDED_CELLS = list(added_cells())
MOBILE = [cell for cell in CELLS if "shared/mobile" in cell.target.includes]
TASK_CELLS = list(task_cells())
EVERY_CELL = [*CELLS, *ADDED_CELLS, *TASK_CELLS, *GIVEN_CELLS]
LONGEST_NAME = 60  # characters
# Long enough to show what a name does to line lengths, and with what breaks templates;
# a number makes each package's name its own.
PROJECT_NAME = """Müller's "deep" shop-window reader {}"""

Rendered = tuple[project.Answers, Path]


def cells_with_app(name: str) -> list[Cell]:
    """Return the combinations with this app alone: one for each target that it fits."""
    return [cell for cell in ADDED_CELLS if [app.name for app in cell.apps] == [name]]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes `cell` once for every legal combination."""
    chosen = metafunc.definition.iter_markers("parametrize")
    if "cell" in metafunc.fixturenames and not any("cell" in m.args for m in chosen):
        cells = EVERY_CELL if "rendered" in metafunc.fixturenames else CELLS
        metafunc.parametrize(
            "cell", cells, ids=[cell.name for cell in cells], scope="session"
        )


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name a test after the beginning of a long text: processes exchange names."""
    if not isinstance(val, str | bytes) or len(val) <= LONGEST_NAME:
        return None
    return f"{val[:LONGEST_NAME]!a} of {len(val)}"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep all tests of what is rendered in one process, so that this happens once.

    What takes long starts first, so that no process is left alone with it at the end.
    """
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    for item in items:
        if "render" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("rendered"))
        elif (cell := cell_of(item)) and not item.get_closest_marker("e2e"):
            item.add_marker(pytest.mark.xdist_group(cell.name))


def tree(cell: Cell) -> Path:
    """Return the file that lists a combination's files, in the root that it is of."""
    further = roots(cell) - {CATALOG.roots[0]}
    folder = further.pop() if further else Path(__file__).parent
    return folder / "trees" / f"{cell.name}.txt"


def cell_of(item: pytest.Item) -> Cell | None:
    """Return the combination that a test is run for, if it is for one."""
    call = getattr(item, "callspec", None)
    return call.params.get("cell") if call else None


@pytest.fixture(scope="session")
def render(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Cell], Rendered]:
    """Render the project of a cell, once in each process, beside those of others."""
    folder = tmp_path_factory.mktemp("rendered")

    @cache
    def render(cell: Cell) -> Rendered:
        given = stand_in(cell) if cell.framework.is_given else None
        name = names.derive(PROJECT_NAME.format(1000 + EVERY_CELL.index(cell)))
        answers = project.Answers(name, cell, "MIT", given, own_data(cell))
        return answers, project.generate(answers, folder)

    return render


@pytest.fixture
def rendered(cell: Cell, render: Callable[[Cell], Rendered]) -> Rendered:
    """A project of this cell, and the answers that it was generated from."""
    return render(cell)


def own_data(cell: Cell) -> Data | None:
    """Return data for a combination that starts from some, with an awkward label."""
    if not any(one.name in ("folder", "file") for one in cell.start):
        return None
    is_folder = any(one.name == "folder" for one in cell.start)
    options = {"label": 'a "quoted" \\ &name', "text": "</script>", "delimiter": ";"}
    return Data(
        path=MODEL.parents[1] / "trees" if is_folder else MODEL,
        task=cell.task.name if cell.task else "",
        goal="classification",
        options={} if is_folder else options,
        size=10**12,  # too large to be copied
        examples=0,
        warnings=[],
    )


def stand_in(cell: Cell) -> Given:
    """Return a model of the cell's kind, whose names are not what templates expect."""
    inputs = (
        Tensor('a "quoted" \\ &name', "float32", (None, 3)),
        Tensor("</script>", "int64", ("n", None)),
    )
    found = Description(
        path=str(MODEL),
        format=cell.framework.name,
        layer=cell.framework.name,
        title="Stand-in",
        framework=None,
        framework_version=None,
        size=MODEL.stat().st_size,
        parameters=None,
        inputs=inputs,
        outputs=(Tensor("score\u2028", "float32", (None,)),),
        signatures=(),
        operators={},
        notes=(),
        targets=(),
    )
    own = CATALOG.find("shared/own-examples") in cell.start
    return Given(MODEL, found, MODEL if own else None)


@pytest.fixture
def dlscaffold() -> Callable[..., Result]:
    """Run the command line in this process, as it runs where there is no terminal."""

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return run


def files_below(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder with its bytes."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
