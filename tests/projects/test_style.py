"""Every cell is clean for ruff and mypy; one run of each looks at all of them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ADDED_CELLS, CATALOG, CELLS, GIVEN_CELLS, stand_in
from dlscaffold.project import names, rendering

# Long, and with what breaks templates; a number makes each package's name its own.
NAME = """Müller's "deep" shop-window reader {}"""

pytestmark = pytest.mark.xdist_group("style")


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a project of each cell."""
    folder = tmp_path_factory.mktemp("style")
    for number, cell in enumerate([*CELLS, *ADDED_CELLS, *GIVEN_CELLS], start=1000):
        given = stand_in(cell) if cell.framework.is_given else None
        derived = names.derive(NAME.format(number))
        assert derived.package.endswith(str(number))
        rendering.generate(rendering.Answers(derived, cell, "MIT", given), folder)
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
