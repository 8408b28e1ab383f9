"""The exported artifact takes any number of examples."""

import pytest

from {{ cookiecutter.package_name }} import contract
from {{ cookiecutter.package_name }}.contract.runtime import Runtime
from {{ cookiecutter.package_name }}.settings import ARTIFACTS

SIGNATURE = contract.Signature.read(ARTIFACTS)
GOLDEN = contract.Golden.read(ARTIFACTS, SIGNATURE)
RUNTIME = Runtime(SIGNATURE.verify(ARTIFACTS))


@pytest.mark.parametrize("size", [1, 2, 3])
def test_batch_dimension_is_free(size: int) -> None:
    """An answer depends on its example alone, not on the batch that it came in."""
    inputs = {name: tensor[:size] for name, tensor in GOLDEN.inputs.items()}
    expected = {name: tensor[:size] for name, tensor in GOLDEN.outputs.items()}
    contract.check_parity(expected, RUNTIME.predict(inputs), SIGNATURE.tolerance)
