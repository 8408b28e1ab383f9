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
    return {name: out + np.float32(1e-3) for name, out in exact(self, inputs).items()}

runtime.Runtime.predict = lossy
export.main()
"""

# A network for flat images, in each framework, as `module`.
FLAT = {
    "pytorch": """
from torch import nn
module = nn.Linear(64, 10).eval()
""",
    "keras": """
import keras
image = keras.Input((64,), name="image")
probabilities = keras.layers.Dense(10, "softmax")(image)
module = keras.Model({"image": image}, {"probabilities": probabilities})
""",
    "tensorflow": """
import tensorflow as tf
class Flat(tf.Module):
    def __call__(self, inputs, training=False):
        return inputs["image"] @ tf.ones((64, 10))
module = Flat()
""",
}
# Runs the project's own export on the module.
FLAT_EXPORT = """
import dataclasses
from {package} import export
from {package}.contract import examples

network = dataclasses.replace(examples.load(), module=module)
examples.load = lambda: network
export.main()
"""
REFUSAL = (
    "error: The network does not take what prepare.py makes, image float32 (16, 8, 8); "
    "change model.py or prepare.py: "
)


def run(project: Smoked, folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [project.python, "-c", script.replace("{package}", project.package)],
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


@pytest.mark.parametrize("broken", ["weights", "trained.json"])
def test_a_broken_model_is_one_sentence(copy: tuple[Smoked, Path], broken: str) -> None:
    project, folder = copy
    files = {file.name: file for file in (folder / "models").iterdir()}
    weights = [files[name] for name in files.keys() - {"trained.json"}]
    for file in [files[broken]] if broken in files else weights:
        file.write_bytes(file.read_bytes()[:100])
    done = run(project, folder, "from {package} import export; export.main()")
    assert done.returncode == 1
    assert "train the model again" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("file", ["data.py", "prepare.py", "model.py"])
def test_code_that_changed_after_training_is_named(
    copy: tuple[Smoked, Path], file: str
) -> None:
    project, folder = copy
    before = files_below(folder / "artifacts")
    with (folder / project.package / file).open("a", encoding="utf-8") as code:
        code.write("# Another line.\n")
    done = run(project, folder, "from {package} import export; export.main()")
    assert done.returncode == 1
    sentence = f"{project.package}/{file} changed after training: train the model again"
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert files_below(folder / "artifacts") == before


def test_a_network_for_other_images_is_one_sentence(copy: tuple[Smoked, Path]) -> None:
    project, folder = copy
    before = files_below(folder / "artifacts")
    framework = json.loads((folder / ".dlscaffold.json").read_text())["framework"]
    # The package comes first: it says what Keras computes on.
    script = "import {package}" + FLAT[framework] + FLAT_EXPORT
    done = run(project, folder, script)
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert line.startswith(REFUSAL)
    assert len(line) > len(REFUSAL)  # the framework's own words follow
    assert "Traceback" not in done.stderr
    assert files_below(folder / "artifacts") == before
