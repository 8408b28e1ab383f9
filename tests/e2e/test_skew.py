"""What training and serving do not have in common fails a test that names it."""

from __future__ import annotations

import json
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

# Run in the project: held-out digits as larger files, with margins as others draw them.
MARGINS = """
import io, json
import numpy as np
from PIL import Image
from {package} import data
from {package}.contract import Signature
from {package}.contract.raw import column
from {package}.contract.runtime import Runtime
from {package}.evaluation.score import score
from {package}.prepare import prepare
from {package}.settings import ARTIFACTS

def drawn(file, margin):
    with Image.open(io.BytesIO(file)) as image:
        large = np.asarray(image.resize((80, 80), Image.Resampling.BICUBIC))
    out = io.BytesIO()
    Image.fromarray(np.pad(large, round(80 * margin))).save(out, "PNG")
    return out.getvalue()

signature = Signature.read(ARTIFACTS)
runtime, test = Runtime(signature.verify(ARTIFACTS)), data.load().test
scores = []
for margin in (None, 0, 0.14, 0.25):
    files = test.raw["image"]
    if margin is not None:
        files = column(drawn(file, margin) for file in files)
    inputs = prepare({{"image": files}}, signature.task.preprocessing)
    scores.append(score(test.targets, runtime.predict(inputs)))
print(json.dumps(scores))
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


@pytest.mark.parametrize(("framework", "target"), PAIRS)
def test_the_margin_of_a_picture_makes_no_difference(
    smoked: Callable[..., Smoked], framework: str, target: str
) -> None:
    """A digit fills its picture, whoever drew it."""
    project = smoked(framework, target)
    code = MARGINS.format(package=project.package)
    done = subprocess.run(
        [project.python, "-c", code],
        cwd=project.path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    scores = json.loads(done.stdout)
    assert min(scores) >= 0.95
    assert max(scores) - min(scores) <= 0.01
