"""How large a generated project may be: what is added is paid for by simplifying."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from conftest import CATALOG, CELLS, GIVEN_CELLS
from dlscaffold.layers.catalog import Cell
from dlscaffold.project import rendering

Rendered = tuple[rendering.Answers, Path]

# Lines of Python in a digits project, tests included.
LINES = {
    "shared/mobile": 1900,
    "targets/flask": 3800,
    "targets/tensorflow-serving": 3350,
}
LINES_OF_A_MODULE = 250
MODULES_AT_THE_TOP = 8
LINES_OF_A_FUNCTION = 40
# Private modules for which their package has no public one, with what they are for.
NO_PUBLIC_WAY = {
    "torch._export.converter": "from TorchScript to a program of torch.export",
}


def python_files(folder: Path) -> dict[Path, str]:
    return {file: file.read_text("utf-8") for file in folder.rglob("*.py")}


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name, scope="session")
def test_a_project_is_small(cell: Cell, rendered: Rendered) -> None:
    """The budget is that of the one layer that has one."""
    labels = {layer.label for layer in cell.layers("MIT")}
    files = python_files(rendered[1])
    size = sum(len(text.splitlines()) for text in files.values())
    assert [
        lines for label, lines in LINES.items() if label in labels and size > lines
    ] == []


def test_modules_are_short_and_few_at_the_top(rendered: Rendered) -> None:
    answers, folder = rendered
    package = folder / answers.names.package
    for file, text in python_files(folder).items():
        assert len(text.splitlines()) <= LINES_OF_A_MODULE, file
    assert len(list(package.glob("*.py"))) <= MODULES_AT_THE_TOP


def test_every_room_says_what_it_is(rendered: Rendered) -> None:
    """And whether its owner is expected to change it."""
    answers, folder = rendered
    for room in (folder / answers.names.package).rglob("__init__.py"):
        docstring = ast.get_docstring(ast.parse(room.read_text("utf-8")))
        assert docstring, room
        if room.parent.name != answers.names.package:
            assert "change" in docstring.lower(), room


def test_functions_are_short(rendered: Rendered) -> None:
    for file, text in python_files(rendered[1]).items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                assert length <= LINES_OF_A_FUNCTION, f"{file}: {node.name}"


def test_no_private_module_of_another_package_is_imported(rendered: Rendered) -> None:
    for file, text in python_files(rendered[1]).items():
        for node in ast.walk(ast.parse(text)):
            modules = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                modules = [node.module or ""]
            private = {module for module in modules if is_private(module)}
            assert private <= NO_PUBLIC_WAY.keys(), file


def is_private(module: str) -> bool:
    parts = module.split(".")
    return any(part.startswith("_") and not part.endswith("__") for part in parts)


def test_the_budgets_cover_every_cell() -> None:
    """Targets of other roots have none."""
    for cell in (*CELLS, *GIVEN_CELLS):
        if cell.target.root == CATALOG.roots[0]:
            labels = {layer.label for layer in cell.layers("MIT")}
            assert len(labels & LINES.keys()) == 1, cell.name
