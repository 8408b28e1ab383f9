"""Generated projects as packages: built by pip, and installed and run by uv."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from conftest import CELLS, files_below
from dlscaffold.layers.catalog import Cell, installed
from dlscaffold.layers.finding import find_cell
from dlscaffold.project import names
from dlscaffold.project.answers import Answers
from dlscaffold.project.rendering import generate
from dlscaffold.running.installers import pip_options, uv_variables

pytestmark = pytest.mark.e2e
UV = Path(sysconfig.get_path("scripts")) / "uv"
# One project for each target.
OF_TARGETS = list({cell.target.name: cell for cell in CELLS}.values())


def rendered(cell: Cell, folder: Path) -> tuple[Path, str]:
    """Generate a project and return its folder and its package."""
    derived = names.derive("Shop digits")
    return generate(Answers(derived, cell, "MIT"), folder), derived.package


@pytest.mark.parametrize("cell", OF_TARGETS, ids=lambda cell: cell.target.name)
def test_the_wheel_has_the_whole_package_and_nothing_else(
    cell: Cell, tmp_path: Path
) -> None:
    project, package = rendered(cell, tmp_path)
    build = ["-m", "pip", "wheel", "--quiet", "--no-deps", ".", "-w", str(tmp_path)]
    subprocess.run([sys.executable, *build], cwd=project, check=True)
    (wheel,) = tmp_path.glob("shop_digits-0.1.0-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert packed == {f"{package}/{path}" for path in files_below(project / package)}


@pytest.mark.parametrize(
    "pair", [("tensorflow", "litert"), ("pytorch", "flask")], ids="-".join
)
def test_uv_needs_no_option(pair: tuple[str, str], tmp_path: Path) -> None:
    """`uv sync`, the project's own steps with `uv run`, an import from elsewhere."""
    project, package = rendered(find_cell(installed(), *pair, None), tmp_path)
    # What pip is configured to find; uv cannot know.
    found = {**uv_variables(pip_options(sys.executable)), **os.environ}
    environment = {name: found[name] for name in found if name != "VIRTUAL_ENV"}

    def uv(*words: str, folder: Path = project) -> str:
        command = [str(UV), *words]
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    uv("sync", "--no-python-downloads", "--python", sys.executable)
    uv("run", "python", "-m", f"{package}.train")
    uv("run", "python", "-m", f"{package}.export")
    assert " passed" in uv("run", "pytest")
    python = project / ".venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    code = f"from {package}.settings import ARTIFACTS; print(ARTIFACTS)"
    elsewhere = subprocess.run(
        [python, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert elsewhere.stdout.strip() == str(project / "artifacts")
