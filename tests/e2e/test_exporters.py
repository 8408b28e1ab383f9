"""What the exporters for phones make of networks, and what they refuse.

The checks in `exporters/` run in the environment of a generated project.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import MOBILE
from dlscaffold.layers.catalog import Cell
from e2e.conftest import Smoked

pytestmark = pytest.mark.e2e

CHECKS = Path(__file__).parent / "exporters"
# Runs checks, which import the project's package under the name `project`.
RUN = """
import importlib, sys, pytest
sys.modules["project"] = importlib.import_module(sys.argv[1])
options = ["--noconftest", "--import-mode=importlib", "-c", "pyproject.toml"]
sys.exit(pytest.main([*options, *sys.argv[2:]]))
"""


@pytest.mark.parametrize("cell", MOBILE, ids=lambda cell: cell.name)
def test_exporters(cell: Cell, smoked: Callable[..., Smoked]) -> None:
    names = (cell.framework.name, cell.target.name, cell.format.name)
    project = smoked(*names, cell.backend_name)
    form = cell.format.name.replace("-", "_")
    wanted = {"variants", form, f"{form}_{cell.framework.name}"}
    if "shared/int8" in [layer.label for layer in cell.layers("MIT")]:
        wanted.add("int8")
    checks = [file for name in wanted if (file := CHECKS / f"check_{name}.py").exists()]
    assert len(checks) >= 2
    done = subprocess.run(
        [project.python, "-c", RUN, project.package, *checks],
        cwd=project.path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
