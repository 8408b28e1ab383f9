"""Every legal combination, from nothing to green smoke tests."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from dlscaffold.catalog import Cell
from e2e.conftest import Smoked

pytestmark = pytest.mark.e2e
Smoke = Callable[..., Smoked]


@pytest.fixture
def project(smoked: Smoke, cell: Cell) -> Smoked:
    """The smoked project of this cell."""
    return smoked(cell.framework.name, cell.target.name, cell.format.name)


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
    assert metrics["test_accuracy"] >= 0.95


def test_contract_describes_the_artifact(project: Smoked, cell: Cell) -> None:
    signature = json.loads((project.path / "artifacts/signature.json").read_text())
    assert signature["framework"] == cell.framework.name
    assert signature["format"] == cell.format.name
    (batch, *image) = signature["inputs"]["image"]["shape"]
    assert image == [8, 8]
    assert batch in (None, 1)
    assert signature["outputs"]["probabilities"]["shape"] == [batch, 10]


@pytest.mark.parametrize(
    "tool", [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]]
)
def test_clean_in_its_own_environment(project: Smoked, tool: list[str]) -> None:
    """With the real packages installed, types are those of numpy, torch and Flask."""
    done = subprocess.run(
        [project.python, "-m", *tool, "."],
        cwd=project.path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
