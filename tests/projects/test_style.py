"""Every cell is clean for ruff and mypy; one run of each looks at all of them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import CATALOG, EVERY_CELL, PROJECT_NAME, Rendered
from dlscaffold.layers import choices
from dlscaffold.layers.catalog import Catalog, Cell
from dlscaffold.layers.finding import find_cell, with_add_ons
from dlscaffold.project import names, rendering

OTHER_LAYERS = Path(__file__).parents[1] / "layers"


def of_other_layers() -> rendering.Answers:
    """Return the answers for a project of another root's layers."""
    catalog = Catalog([Path(choices.packaged()), OTHER_LAYERS])
    cell = with_add_ons(find_cell(catalog, "sklearn", "echo"), [], ["changelog"])
    return rendering.Answers(names.derive(PROJECT_NAME.format(9999)), cell, "MIT")


@pytest.fixture(scope="module")
def projects(render: Callable[[Cell], Rendered]) -> Path:
    """A folder with a project of each cell, and one of other layers."""
    packages = {answers.names.package for answers, _ in map(render, EVERY_CELL)}
    assert len(packages) == len(EVERY_CELL)
    folder = render(EVERY_CELL[0])[1].parent
    rendering.generate(of_other_layers(), folder)
    return folder


@pytest.mark.parametrize("command", [["check"], ["format", "--check", "--diff"]])
def test_clean_for_ruff(projects: Path, command: list[str]) -> None:
    """By each project's own settings."""
    run("ruff", *command, "--no-cache", ".", folder=projects)


def test_clean_for_mypy(projects: Path) -> None:
    """Without the packages that are not installed here; their types are Any."""
    settings = [
        (project / "pyproject.toml").read_text("utf-8").split("[tool.mypy]")[1]
        for project in projects.iterdir()
    ]
    (common,) = {text.partition("\n[")[0] for text in settings}
    file = projects / "mypy.toml"
    file.write_text(f"[tool.mypy]{common}", "utf-8")
    packages = [str(file.parent) for file in projects.glob("*/*/__init__.py")]
    run("mypy", "--config-file", file, *packages, folder=projects)


def run(*command: object, folder: Path) -> None:
    """Run a tool and fail with what it prints."""
    words = [sys.executable, "-m", *map(str, command)]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr


def python_templates() -> list[Path]:
    """Return the Python files of all layers, where they lie."""
    files = (file for root in CATALOG.roots for file in root.rglob("*.py"))
    return [file for file in files if "hooks" not in file.parts]


def test_python_templates_are_python() -> None:
    """Before they are rendered: whole statements, with names in braces."""
    files = python_templates()
    assert files
    for file in files:
        text = re.sub(r"\{% include .* %\}\n", "", file.read_text("utf-8"))
        text = re.sub(r"\{\{ (cookiecutter\.)?(\w+) \}\}", r"\2", text)
        compile(text, str(file), "exec")
