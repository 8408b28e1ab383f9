"""Every legal combination, from nothing to green smoke tests."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from conftest import CELLS
from dlscaffold.layers.catalog import Cell
from dlscaffold.project import names
from e2e.conftest import Smoked

pytestmark = pytest.mark.e2e
Smoke = Callable[..., Smoked]
# One project of each backend.
ON_BACKENDS = list({cell.backend: cell for cell in CELLS if cell.backend}.values())


@pytest.fixture
def project(smoked: Smoke, cell: Cell) -> Smoked:
    """The smoked project of this cell."""
    names = (cell.framework.name, cell.target.name, cell.format.name)
    return smoked(*names, cell.backend_name)


def test_smoke_passes(project: Smoked) -> None:
    log = Path(project.report["log"]).read_text("utf-8")
    assert project.report["ok"], log[-5000:]
    assert project.report["tests"]["passed"] > 0
    assert project.report["tests"]["failed"] == 0
    for skip in project.report["tests"]["skipped"]:
        print(f"skipped: {skip['test']}: {skip['reason']}")
        assert skip["reason"]


def test_training_is_accurate_and_quick(project: Smoked) -> None:
    metrics = json.loads((project.path / "reports/metrics.json").read_text("utf-8"))
    assert metrics["metric"] == "accuracy"
    assert metrics["score"] >= 0.95


def test_reports_are_whole_pictures(project: Smoked) -> None:
    pictures = list((project.path / "reports").glob("*.png"))
    assert len(pictures) >= 2
    for picture in pictures:
        with Image.open(picture) as image:
            image.load()


def test_contract_describes_the_artifact(project: Smoked, cell: Cell) -> None:
    signature = json.loads((project.path / "artifacts/signature.json").read_text())
    assert signature["framework"] == cell.framework.name
    assert signature["format"] == cell.format.name
    (batch, *image) = signature["inputs"]["image"]["shape"]
    assert image == [8, 8]
    assert batch in (None, 1)
    assert signature["outputs"]["probabilities"]["shape"] == [batch, 10]


@pytest.mark.parametrize("cell", ON_BACKENDS, ids=lambda cell: cell.name)
def test_the_user_s_settings_do_not_choose_the_backend(
    project: Smoked, cell: Cell, tmp_path: Path
) -> None:
    """Neither the environment nor Keras's own file, whatever is imported first."""
    (tmp_path / "keras.json").write_text('{"backend": "numpy"}')
    for module in ("train", "model", "contract.convert"):
        code = (
            f"import {project.package}.{module}, keras; print(keras.config.backend())"
        )
        done = subprocess.run(
            [project.python, "-c", code],
            cwd=project.path,
            env={**os.environ, "KERAS_BACKEND": "numpy", "KERAS_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.strip() == cell.backend_name, done.stderr


@pytest.mark.parametrize(
    "tool", [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]]
)
def test_clean_in_its_own_environment(project: Smoked, tool: list[str]) -> None:
    """With the real packages installed, types are those of numpy, torch and Flask."""
    shared = Path(project.python).parent / "types"  # so that torch's are read once
    done = subprocess.run(
        [project.python, "-m", *tool, "."],
        cwd=project.path,
        env={**os.environ, "MYPY_CACHE_DIR": str(shared)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_project_takes_the_name_of_what_is_installed(project: Smoked) -> None:
    """Its package would be imported instead."""
    code = "import importlib.metadata as m; print(*m.packages_distributions())"
    done = subprocess.run(
        [project.python, "-c", code], capture_output=True, text=True, check=True
    )
    # A project's package is in small letters, as slugs are; and these two are not
    # imported by anything, but tests that a package has left there.
    found = {name.lower() for name in done.stdout.split()} - {"test", "examples"}
    modules = {name for name in found if name.isidentifier() and name[0] != "_"}
    assert {"numpy", "pytest"} <= modules
    assert not {name for name in modules if names.derive(name).package == name}
