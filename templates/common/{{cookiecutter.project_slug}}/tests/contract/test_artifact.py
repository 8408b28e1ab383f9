"""The exported artifact, in the runtime that will serve it."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from {{ cookiecutter.package_name }}.contract import (
    ContractError,
    Golden,
    Signature,
    check_parity,
)
from {{ cookiecutter.package_name }}.contract.runtime import Runtime
from {{ cookiecutter.package_name }}.settings import ARTIFACTS

SIGNATURE = Signature.read(ARTIFACTS)
GOLDEN = Golden.read(ARTIFACTS, SIGNATURE)
RUNTIME = Runtime(SIGNATURE.verify(ARTIFACTS))


def test_artifact_reproduces_the_trained_model() -> None:
    """Parity: the same examples, the training framework's outputs."""
    outputs = RUNTIME.predict(GOLDEN.inputs)
    check_parity(GOLDEN.outputs, outputs, SIGNATURE.tolerance)


def test_outputs_fit_the_signature() -> None:
    """Names, types and shapes are the promised ones."""
    outputs = RUNTIME.predict(GOLDEN.inputs)
    assert set(outputs) == set(SIGNATURE.outputs)
    for name, spec in SIGNATURE.outputs.items():
        assert outputs[name].dtype == outputs[name].astype(spec.dtype).dtype
        assert len(outputs[name].shape) == len(spec.shape)
        for size, wanted in zip(outputs[name].shape, spec.shape, strict=True):
            assert wanted in (None, size)


def changed(tensor: NDArray[Any]) -> NDArray[Any]:
    """Return other numbers, or other text, of the same shape."""
    return np.char.add(tensor, "!") if tensor.dtype.kind == "U" else 2.0 * tensor + 1.0


def test_a_wrong_output_would_be_noticed() -> None:
    """The parity check can fail."""
    outputs = {name: changed(tensor) for name, tensor in GOLDEN.outputs.items()}
    with pytest.raises(ContractError, match="is off"):
        check_parity(GOLDEN.outputs, outputs, SIGNATURE.tolerance)


def test_another_artifact_is_refused(tmp_path: Path) -> None:
    """The signature names its artifact by digest."""
    shutil.copytree(ARTIFACTS, tmp_path, dirs_exist_ok=True)
    artifact = tmp_path / SIGNATURE.artifact
    changed = artifact if artifact.is_file() else next(artifact.glob("*.pb"))
    changed.write_bytes(changed.read_bytes() + b"\0")
    with pytest.raises(ContractError, match="export again"):
        SIGNATURE.verify(tmp_path)
