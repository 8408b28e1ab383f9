"""`inspect` on models that the frameworks wrote, held to what they say themselves."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from dlscaffold.errors import ScaffoldError
from dlscaffold.models.description import Tensor
from dlscaffold.models.identify import describe
from e2e.conftest import Smoked

pytestmark = pytest.mark.e2e
on_keras = pytest.mark.xdist_group("keras")
on_pytorch = pytest.mark.xdist_group("pytorch")

WRITERS = Path(__file__).parent / "models"
Smoke = Callable[..., Smoked]


@pytest.fixture(scope="module")
def keras_python(smoked: Smoke) -> str:
    """An interpreter with Keras and TensorFlow."""
    return smoked("keras", "flask", "onnx").python


@pytest.fixture(scope="module")
def keras_models(keras_python: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models that TensorFlow and Keras wrote."""
    return written("write_tensorflow.py", keras_python, tmp_path_factory)


@pytest.fixture(scope="module")
def torch_models(smoked: Smoke, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models that PyTorch wrote, for ExecuTorch too."""
    smoked("pytorch", "flask")  # what ONNX takes is in the environment that they share
    python = smoked("pytorch", "executorch").python
    return written("write_pytorch.py", python, tmp_path_factory)


def written(script: str, python: str, factory: pytest.TempPathFactory) -> Path:
    """Run a script that writes models, and return its folder."""
    folder = factory.mktemp("models")
    done = subprocess.run(
        [python, WRITERS / script, folder], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


RANKER_IN = (Tensor("item", "int32", (None, 3)), Tensor("price", "float32", (None, 2)))
RANKER_WEIGHTS = 50 * 4 + (14 + 1) * 1 + (14 + 1) * 5


@on_keras
@pytest.mark.parametrize("name", ["ranker.keras", "ranker.h5"])
def test_two_inputs_two_outputs(
    name: str, keras_models: Path, keras_python: str
) -> None:
    found = describe(keras_models / name, python=keras_python)
    assert found.inputs == RANKER_IN
    assert found.outputs == (
        Tensor("score", "float32", (None, 1)),
        Tensor("group", "float32", (None, 5)),
    )
    assert found.parameters == RANKER_WEIGHTS
    assert found.operators["Dense"] == 2
    assert found.framework_version


@on_keras
def test_saved_model_of_keras(keras_models: Path) -> None:
    found = describe(keras_models / "ranker")
    assert found.inputs == RANKER_IN
    assert [one.shape for one in found.outputs] == [(None, 1), (None, 5)]
    assert found.parameters
    assert found.parameters >= RANKER_WEIGHTS


@on_keras
def test_onnx_and_litert_of_keras(keras_models: Path) -> None:
    for name in ("ranker.onnx", "ranker.tflite"):
        found = describe(keras_models / name)
        assert [one.name for one in found.inputs] == ["item", "price"]
        assert [one.dtype for one in found.inputs] == ["int32", "float32"]
        assert [one.shape and one.shape[1] for one in found.outputs] == [1, 5]


@on_keras
def test_saved_model_with_strings(keras_models: Path) -> None:
    found = describe(keras_models / "greeter")
    assert found.inputs == (Tensor("name", "string", (None,)),)
    assert {one.name: one.dtype for one in found.outputs} == {
        "greeting": "string",
        "length": "int32",
    }


@on_keras
def test_free_sequence(keras_models: Path, keras_python: str) -> None:
    found = describe(keras_models / "sequence.keras", python=keras_python)
    assert [one.shape for one in found.inputs] == [(None, None, 6)]
    assert [one.shape for one in found.outputs] == [(None, 2)]


@on_keras
def test_application(keras_models: Path, keras_python: str) -> None:
    found = describe(keras_models / "mobilenet.keras", python=keras_python)
    assert [one.shape for one in found.inputs] == [(None, 96, 96, 3)]
    assert [one.shape for one in found.outputs] == [(None, 1000)]
    assert found.parameters
    assert found.parameters > 2_000_000


@on_keras
@pytest.mark.parametrize("name", ["lambda.keras", "lambda.h5"])
def test_lambda_layers(name: str, keras_models: Path, keras_python: str) -> None:
    with pytest.raises(ScaffoldError, match=r"Lambda layers \(double\)"):
        describe(keras_models / name, python=keras_python)
    found = describe(keras_models / name, python=keras_python, trust=True)
    assert [one.shape for one in found.outputs] == [(None, 2)]


@on_keras
@pytest.mark.parametrize("size", [100, 2_000, 20_000])
def test_a_truncated_hdf5_file(
    size: int, keras_models: Path, keras_python: str, tmp_path: Path
) -> None:
    file = tmp_path / "cut.h5"
    file.write_bytes((keras_models / "ranker.h5").read_bytes()[:size])
    with pytest.raises(ScaffoldError, match="cannot read"):
        describe(file, python=keras_python)


@on_pytorch
def test_exported_program(torch_models: Path) -> None:
    found = describe(torch_models / "encoder.pt2")
    (tokens,), (scores,) = found.inputs, found.outputs
    assert (tokens.name, tokens.dtype, scores.dtype) == ("tokens", "int64", "float32")
    assert tokens.shape
    assert scores.shape == (tokens.shape[0], 2)
    assert all(isinstance(size, str) for size in tokens.shape)
    assert found.framework_version
    assert found.framework_version.startswith("2.")


@on_pytorch
@pytest.mark.parametrize("name", ["encoder.pt", "encoder.ptl"])
def test_torchscript(name: str, torch_models: Path) -> None:
    found = describe(torch_models / name)
    assert [one.name for one in found.inputs] == ["tokens"]
    assert found.parameters == describe(torch_models / "encoder.pt2").parameters
    assert found.operators["torch.linear"] > 1


@on_pytorch
def test_onnx_of_pytorch_with_weights_beside_it(torch_models: Path) -> None:
    found = describe(torch_models / "encoder.onnx")
    assert found.inputs == (Tensor("tokens", "int64", ("batch", "length")),)
    beside = torch_models / "encoder.onnx.data"
    inside = (torch_models / "encoder.onnx").stat().st_size
    assert found.size == inside + beside.stat().st_size


@on_pytorch
def test_executorch(torch_models: Path) -> None:
    found = describe(torch_models / "small.pte")
    assert found.inputs == (Tensor("input_0", "float32", (1, 4)),)
    assert found.outputs == (Tensor("output_0", "float32", (1, 3)),)


@on_pytorch
@pytest.mark.parametrize("name", ["state.pt", "module.pt"])
def test_pickles(name: str, torch_models: Path) -> None:
    with pytest.raises(ScaffoldError, match=r"torch\.export\.save"):
        describe(torch_models / name)
