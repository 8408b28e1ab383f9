"""Projects that are rendered, and whose modules are imported without frameworks."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from conftest import CELLS, GIVEN_CELLS, stand_in
from dlscaffold.data import Data
from dlscaffold.layers.catalog import Cell
from dlscaffold.project import names, rendering
from dlscaffold.project.own import source


@dataclass(frozen=True)
class Project:
    """A rendered project whose folder is on Python's path."""

    path: Path
    package: str

    def module(self, name: str) -> Any:
        """Return a module of the package, imported."""
        return importlib.import_module(f"{self.package}.{name}")

    def replace(self, name: str, **members: object) -> SimpleNamespace:
        """Put another module in the place of one that needs a framework."""
        module = ModuleType(f"{self.package}.{name}")
        vars(module).update(members)
        sys.modules[module.__name__] = module
        return SimpleNamespace(**members)


@pytest.fixture(scope="module")
def project_of(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., Project]]:
    """Return a function from a cell, and perhaps a task or data, to its project."""
    path, modules = list(sys.path), set(sys.modules)

    def project_of(
        name: str, task: str | None = None, data: Data | None = None
    ) -> Project:
        cell = next(cell for cell in [*CELLS, *GIVEN_CELLS] if cell.name == name)
        if data:
            start = cell.catalog.start(data.task, source(data), data.goal)
            cell = replace(cell, start=start)
        elif task:
            cell = replace(cell, start=cell.catalog.start(task))
        return render(cell, tmp_path_factory.mktemp("projects"), data)

    yield project_of
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if name.startswith("unit_"):
            del sys.modules[name]


def render(cell: Cell, folder: Path, data: Data | None = None) -> Project:
    """Return the project of a cell, perhaps for a person's own data, importable."""
    given = stand_in(cell) if cell.framework.is_given else None
    derived = names.derive(f"unit {folder.name} {cell.name}"[: names.SLUG_LENGTH])
    answers = rendering.Answers(derived, cell, "MIT", given, data)
    path = rendering.generate(answers, folder)
    sys.path.insert(0, str(path))
    importlib.invalidate_caches()
    return Project(path, derived.package)
