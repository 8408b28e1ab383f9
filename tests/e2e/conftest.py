"""Projects that were really trained, exported, served and tested, once per session."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conftest import CATALOG, cell_of, with_everything
from dlscaffold.layers.catalog import Cell
from dlscaffold.layers.finding import find_cell
from dlscaffold.project import names
from dlscaffold.project import rendering as project
from dlscaffold.running.interpreters import environment_python
from e2e import containers, turns


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what shares an environment in one process, where there are several.

    Mark what runs on another backend than Keras's preferred one.
    """
    for item in items:
        cell = cell_of(item)
        if cell and item.get_closest_marker("e2e"):
            item.add_marker(pytest.mark.xdist_group(environment(cell)))
            if cell.special_backend:
                item.add_marker(pytest.mark.more)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let a test that times or overloads something have the machine to itself."""
    if not item.get_closest_marker("e2e"):
        return (yield)
    with turns.turn(alone=item.get_closest_marker("alone") is not None):
        return (yield)


def environment(cell: Cell) -> str:
    """Return the name of the environment that a project of this cell runs in."""
    special = [cell.special_backend] if cell.special_backend else []
    return "-".join(layer.name for layer in [cell.framework, *special])


@dataclass(frozen=True)
class Smoked:
    """A generated project after its smoke tests, and the interpreter that ran them."""

    path: Path
    package: str
    python: str
    report: dict[str, Any]


@pytest.fixture(scope="session")
def smoked(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Smoked]:
    """Return a function from the names of a cell to its smoked project.

    The first project of a framework, or of its backend, makes an environment of its
    own, from nothing; the others share it.
    """
    root = tmp_path_factory.mktemp("projects")
    pythons: dict[str, str] = {}
    done: dict[str, Smoked] = {}

    def smoke_once(
        framework: str,
        target: str,
        format_: str | None = None,
        backend: str | None = None,
    ) -> Smoked:
        cell = find_cell(CATALOG, framework, target, format_, backend)
        if cell.name not in done:
            shared = pythons.get(environment(cell))
            done[cell.name] = smoke_cell(cell, root, shared)
            pythons[environment(cell)] = done[cell.name].python
        return done[cell.name]

    return smoke_once


def smoke_cell(cell: Cell, root: Path, python: str | None) -> Smoked:
    """Generate and smoke-test a project with the commands that a person uses."""
    derived = names.derive(cell.name)
    answers = project.Answers(derived, with_everything(cell), "MIT")
    folder = project.generate(answers, root)
    command = [sys.executable, "-m", "dlscaffold", "smoke", str(folder), "--json"]
    options = ["--python", python] if python else []
    done = subprocess.run(
        [*command, *options], stdout=subprocess.PIPE, text=True, check=False
    )
    report = json.loads(done.stdout)
    assert (done.returncode == 0) is report["ok"]
    own = str(environment_python(folder))
    return Smoked(folder, derived.package, python or own, report)


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An image with Python for the containers of generated projects."""
    return containers.base_image(tmp_path_factory.mktemp("root"))
