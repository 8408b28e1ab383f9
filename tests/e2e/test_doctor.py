"""What doctor says of projects that were really exported."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dlscaffold.doctor.generated import project_checks
from dlscaffold.layers.catalog import Cell
from dlscaffold.running import processes
from dlscaffold.running.interpreters import find_pythons
from e2e.conftest import Smoked

pytestmark = pytest.mark.e2e


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found must not depend on how busy the machine is."""
    monkeypatch.setattr(processes, "PATIENCE", 120)


def test_every_exported_project_holds_together(
    cell: Cell, smoked: Callable[..., Smoked]
) -> None:
    names = (cell.framework.name, cell.target.name, cell.format.name)
    path = smoked(*names, cell.backend_name).path
    found = {check.name: check for check in project_checks(path, find_pythons())}
    # An environment that projects share is not in each of them.
    own = (path / ".venv").exists()
    for name, check in found.items():
        shared = not own and name in ("environment", "framework version")
        assert check.state == ("warning" if shared else "fine"), check


@pytest.mark.xdist_group("keras")
def test_an_artifact_that_was_tampered_with_is_found(
    smoked: Callable[..., Smoked], tmp_path: Path
) -> None:
    project = smoked("keras", "flask").path
    copy = shutil.copytree(project, tmp_path / "copy", ignore=only_what_is_checked)
    with (copy / "artifacts" / "model.onnx").open("ab") as artifact:
        artifact.write(b"\0")
    found = {check.name: check for check in project_checks(copy, find_pythons())}
    assert found["artifact"].state == "missing"
    assert "export" in found["artifact"].fix


def only_what_is_checked(_: str, names: list[str]) -> list[str]:
    return [name for name in names if name in (".venv", "reports", "models")]
