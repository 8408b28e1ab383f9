"""Export refuses what does not reproduce the trained model, and replaces nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import files_below
from e2e.conftest import Smoked

pytestmark = pytest.mark.e2e

# Runs the project's own export, with a conversion that loses a little of the weights.
LOSSY_EXPORT = """
import numpy as np
from {package} import export
from {package}.contract import runtime

exact = runtime.Runtime.predict

def lossy(self, inputs):
    return {{name: out + np.float32(1e-3) for name, out in exact(self, inputs).items()}}

runtime.Runtime.predict = lossy
export.main()
"""

# Runs the project's own export on a network for flat images, in each framework.
FLAT = {
    "pytorch": """
from torch import nn
network = nn.Linear(64, 10).eval()
""",
    "keras": """
import keras
network = keras.Sequential([keras.Input((64,)), keras.layers.Dense(10)])
""",
    "tensorflow": """
import tensorflow as tf
class Flat(tf.Module):
    @tf.function
    def serve(self, image):
        return {{"probabilities": tf.nn.softmax(image @ tf.ones((64, 10)))}}
network = Flat()
""",
}
FLAT_EXPORT = """
model.load = lambda folder: network
export.main()
"""


def run(project: Smoked, folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [project.python, "-c", script.format(package=project.package)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


FRAMEWORKS = [
    pytest.param(name, marks=pytest.mark.xdist_group(name))
    for name in ("keras", "pytorch", "tensorflow")
]


@pytest.fixture(params=FRAMEWORKS)
def copy(
    request: pytest.FixtureRequest, smoked: Callable[..., Smoked], tmp_path: Path
) -> tuple[Smoked, Path]:
    """A trained and exported project that a test may spoil."""
    project = smoked(request.param, "flask")
    ignore = shutil.ignore_patterns(".venv", "__pycache__")
    return project, shutil.copytree(project.path, tmp_path / "copy", ignore=ignore)


def test_a_lossy_artifact_is_refused(copy: tuple[Smoked, Path]) -> None:
    project, folder = copy
    before = files_below(folder / "artifacts")
    done = run(project, folder, LOSSY_EXPORT)
    assert done.returncode == 1
    assert "error: 'probabilities' is off the trained model by 0.001" in done.stderr
    assert files_below(folder / "artifacts") == before


def test_without_a_trained_model_it_says_what_to_do(copy: tuple[Smoked, Path]) -> None:
    project, folder = copy
    shutil.rmtree(folder / "models")
    done = run(project, folder, "from {package} import export; export.main()")
    assert done.returncode == 1
    assert "train the model first" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_model_is_one_sentence(copy: tuple[Smoked, Path]) -> None:
    project, folder = copy
    for file in (folder / "models").iterdir():
        file.write_bytes(file.read_bytes()[:100])
    done = run(project, folder, "from {package} import export; export.main()")
    assert done.returncode == 1
    assert "train the model again" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_network_for_other_images_is_one_sentence(copy: tuple[Smoked, Path]) -> None:
    project, folder = copy
    before = files_below(folder / "artifacts")
    framework = json.loads((folder / ".dlscaffold.json").read_text())["framework"]
    # The package comes first: it says what Keras computes on.
    script = "from {package} import export, model" + FLAT[framework] + FLAT_EXPORT
    done = run(project, folder, script)
    assert done.returncode == 1
    assert "error: The network does not take images (16, 8, 8); change" in done.stderr
    assert "Traceback" not in done.stderr
    assert files_below(folder / "artifacts") == before
