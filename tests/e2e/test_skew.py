"""What training and serving do not have in common fails a test that names it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dlscaffold.doctor.generated import project_checks
from e2e.conftest import Smoked

pytestmark = pytest.mark.e2e

PAIRS = [
    pytest.param(*pair, marks=pytest.mark.xdist_group(pair[0]))
    for pair in (
        ("keras", "flask"),
        ("pytorch", "flask"),
        ("tensorflow", "tensorflow-serving"),
    )
]
# In the place of `load` in data.py: what a scaler there does, to pictures.
CHANGED_LOAD = """
def _negative(examples: Examples) -> Examples:
    files = []
    for file in examples.raw["image"]:
        pixels = 255 - np.asarray(Image.open(io.BytesIO(file)))
        files.append(_to_file(pixels))
    return Examples({"image": column(files)}, examples.targets, examples.labels)


def load() -> Dataset:
    dataset = split(read())
    parts = map(_negative, (dataset.train, dataset.validation, dataset.test))
    return Dataset(*parts, dataset.test_rows)


def unused() -> Dataset:
"""


@pytest.fixture
def project(
    smoked: Callable[..., Smoked], framework: str, target: str, tmp_path: Path
) -> Smoked:
    """A trained and exported project that a test may spoil."""
    whole = smoked(framework, target)
    ignore = shutil.ignore_patterns(".venv", "__pycache__")
    copy = shutil.copytree(whole.path, tmp_path / "copy", ignore=ignore)
    return replace(whole, path=copy)


def run(project: Smoked, module: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a module in the project."""
    return subprocess.run(
        [project.python, "-m", module, *words],
        cwd=project.path,
        capture_output=True,
        text=True,
        check=False,
    )


def retrain(project: Smoked, *steps: str) -> None:
    """Train, and what else is named, with success."""
    for step in ("train", *steps):
        options = ["--epochs", "4", "--seed", "7"] if step == "train" else []
        done = run(project, f"{project.package}.{step}", *options)
        assert done.returncode == 0, done.stderr


def change(project: Smoked, file: str, old: str, new: str) -> None:
    """Replace text in one of the owner's files."""
    path = project.path / project.package / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def failures(project: Smoked) -> str:
    """Run the tests of the contract, which fail, and return what they say."""
    done = run(project, "pytest", "-q", "tests/contract")
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(("framework", "target"), PAIRS)
def test_an_artifact_of_an_earlier_training_fails(project: Smoked) -> None:
    """Retrained, and the export forgotten, or failed."""
    retrain(project)
    export = f"run `python -m {project.package}.export`"
    assert f"models changed after the export: {export}" in failures(project)
    checks = {check.name: check for check in project_checks(project.path, {})}
    assert checks["sources"].state == "missing"
    assert checks["sources"].fix.endswith("--from export")
    retrain(project, "export")
    done = run(project, "pytest", "-q", "tests/contract")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("framework", "target"), PAIRS)
def test_another_preparation_than_in_training_fails(project: Smoked) -> None:
    """Another scale for the pixels; trained again with it, it is no fault."""
    change(project, "prepare.py", "1 / 255", "1 / 128")
    change(project, "prepare.py", "INK = 64", "INK = 200")
    said = failures(project)
    assert f"{project.package}/prepare.py changed after the export" in said
    assert "test_prepare_does_what_it_did_when_the_model_was_exported" in said
    done = run(project, f"{project.package}.export")
    assert done.returncode == 1
    assert "prepare.py changed after training: train the model again" in done.stderr
    retrain(project, "export")
    done = run(project, "pytest", "-q", "tests/contract")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("framework", "target"), PAIRS)
def test_data_that_training_alone_changes_fails(project: Smoked) -> None:
    """A scaler in `load`, say: clients send what `read` returns."""
    change(project, "data.py", "\ndef load() -> Dataset:\n", CHANGED_LOAD)
    retrain(project, "export")
    said = failures(project)
    assert "training changes the data in a way that prepare.py does not" in said
    assert "FAILED tests/contract/test_raw.py::test_raw_examples_score" in said
