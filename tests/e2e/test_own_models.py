"""From a model that somebody already has to a smoke-tested project, unedited."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from e2e.conftest import Smoked
from e2e.given_models import export, succeed, write

pytestmark = [pytest.mark.e2e, pytest.mark.more]
on_keras = pytest.mark.xdist_group("keras")
on_pytorch = pytest.mark.xdist_group("pytorch")

Smoke = Callable[..., Smoked]

# The file, its target, and the examples where the file says no shapes.
KERAS = [
    ("ranker.keras", "flask", None),
    ("ranker.keras", "tensorflow-serving", None),
    ("ranker.keras", "litert", None),
    ("ranker.h5", "flask", None),
    ("ranker", "flask", None),
    ("ranker", "litert", None),
    ("mobilenet.keras", "flask", None),
    ("mobilenet.keras", "tensorflow-serving", None),
    ("mobilenet.keras", "litert", None),
    ("sequence.keras", "flask", None),
    ("sequence.keras", "tensorflow-serving", None),
    ("dicts.keras", "flask", None),
    ("dicts.keras", "tensorflow-serving", None),
    ("twice.keras", "flask", None),
    ("greeter", "tensorflow-serving", None),
    ("looker", "tensorflow-serving", "pictures.json"),
    ("ranker.tflite", "litert", None),
]
TORCH = [
    ("encoder.pt2", "flask", None),
    ("encoder.pt2", "executorch", None),
    ("encoder.pt", "flask", "tokens.json"),
    ("encoder.pt", "pytorch-mobile", "tokens.json"),
    ("encoder.ptl", "pytorch-mobile", "tokens.json"),
    ("nested.pt2", "flask", None),
    ("weighted.pt2", "flask", None),
    ("recurrent.pt", "pytorch-mobile", "steps.json"),
    ("small.pte", "executorch", None),
]
ONNX = [
    *("rows", "labels", "scalar", "fixed", "attention"),
    *("crossed", "square", "matrix"),
]
TOKENS = [[(7 * row + 3 * column) % 100 for column in range(9)] for row in range(6)]
STEPS = [[[row / 6, column / 9] for column in range(9)] for row in range(6)]


@pytest.fixture(scope="module")
def keras(smoked: Smoke, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder of models that TensorFlow and Keras wrote, and their interpreter."""
    smoked("keras", "flask")  # what ONNX takes is in the environment that they share
    python = smoked("keras", "litert").python
    folder = tmp_path_factory.mktemp("own") / "keras"
    return write("write_tensorflow.py", python, folder), python


@pytest.fixture(scope="module")
def torch(smoked: Smoke, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder of models that PyTorch wrote, and their interpreter."""
    smoked("pytorch", "flask")  # what ONNX takes is in the environment that they share
    python = smoked("pytorch", "executorch").python
    folder = write("write_pytorch.py", python, tmp_path_factory.mktemp("own") / "torch")
    for name, values in (("tokens", TOKENS), ("steps", STEPS)):
        (folder / f"{name}.json").write_text(json.dumps({name: values}), "utf-8")
    return folder, python


@on_keras
@pytest.mark.parametrize(("name", "target", "examples"), KERAS)
def test_keras(
    name: str,
    target: str,
    examples: str | None,
    keras: tuple[Path, str],
    tmp_path: Path,
) -> None:
    check(*keras, name, target, examples, tmp_path)


@on_pytorch
@pytest.mark.parametrize(("name", "target", "examples"), TORCH)
def test_torch(
    name: str,
    target: str,
    examples: str | None,
    torch: tuple[Path, str],
    tmp_path: Path,
) -> None:
    check(*torch, name, target, examples, tmp_path)


@pytest.fixture(scope="module")
def onnx(smoked: Smoke, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder of graphs that were made by hand, and an interpreter for them."""
    python = smoked("keras", "flask").python
    folder = tmp_path_factory.mktemp("own") / "onnx"
    return write("write_onnx.py", python, folder), python


@on_keras
@pytest.mark.parametrize("name", ONNX)
def test_onnx(name: str, onnx: tuple[Path, str], tmp_path: Path) -> None:
    """Booleans and integers, a scalar, fixed and depending dimensions, odd names."""
    check(*onnx, f"{name}.onnx", "flask", None, tmp_path)


@on_keras
@pytest.mark.parametrize("target", ["flask", "tensorflow-serving"])
def test_dicts_keep_their_keys(
    target: str, keras: tuple[Path, str], tmp_path: Path
) -> None:
    """Every output under its own name, for inputs under theirs."""
    folder, python = keras
    made = export(folder / "dicts.keras", python, tmp_path, target)
    golden = json.loads((made.path / "artifacts/golden.json").read_text("utf-8"))
    inputs = {name: flat(values) for name, values in golden["inputs"].items()}
    outputs = {name: flat(values) for name, values in golden["outputs"].items()}
    pairs = list(zip(inputs["zed"], inputs["alpha"], strict=True))
    assert outputs["sum"] == [zed + alpha for zed, alpha in pairs]
    assert outputs["left"] == [zed - alpha for zed, alpha in pairs]


@on_keras
def test_bytes_are_examples(keras: tuple[Path, str], tmp_path: Path) -> None:
    """From numpy's format they are the same as from JSON, and are kept as in there."""
    folder, python = keras
    pictures = folder / "pictures.npz"
    made = export(folder / "looker", python, tmp_path, "tensorflow-serving", pictures)
    golden = json.loads((made.path / "artifacts/golden.json").read_text("utf-8"))
    assert golden["inputs"] == json.loads((folder / "pictures.json").read_text("utf-8"))
    assert golden["outputs"]["brightness"] == [0, 40, 80, 120, 160, 200]


def flat(rows: list[list[float]]) -> list[float]:
    """Return the numbers of all rows."""
    return [number for row in rows for number in row]


@on_keras
def test_answers_that_differ_are_refused(
    onnx: tuple[Path, str], tmp_path: Path
) -> None:
    """A model that draws numbers, or one in training mode, has no right answer."""
    folder, python = onnx
    with pytest.raises(AssertionError, match="differently each time"):
        export(folder / "random.onnx", python, tmp_path)


def check(
    folder: Path, python: str, name: str, target: str, examples: str | None, root: Path
) -> None:
    """Generate the model's project and smoke-test it."""
    generate = [sys.executable, "-m", "dlscaffold", "new", "own", "--yes", "-o", root]
    given = ["--examples", folder / examples] if examples else []
    model = ["--model", folder / name, "--python", python]
    succeed([*generate, *model, "--target", target, *given])
    smoke = [sys.executable, "-m", "dlscaffold", "smoke", root / "own", "--json"]
    done = subprocess.run(
        [*smoke, "--python", python], stdout=subprocess.PIPE, text=True, check=False
    )
    report = json.loads(done.stdout)
    assert report["ok"], report
    # Parity and signature of the artifact, and each set of other inputs.
    assert report["tests"]["passed"] >= 2 + (2 if examples else 3)
    assert not report["tests"]["skipped"]
