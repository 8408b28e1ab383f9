"""The artifact against the given model itself, in the framework that it is from."""

import pytest

from {{ cookiecutter.package_name }} import inputs, model
from {{ cookiecutter.package_name }}.contract import (
    Signature,
    Tensors,
    check_parity,
)
from {{ cookiecutter.package_name }}.contract.runtime import Runtime
from {{ cookiecutter.package_name }}.settings import ARTIFACTS, MODELS

SIGNATURE = Signature.read(ARTIFACTS)
RUNTIME = Runtime(SIGNATURE.verify(ARTIFACTS))
NETWORK = model.load(MODELS)


@pytest.mark.parametrize("given", inputs.variations())
def test_other_sizes_give_what_the_model_gives(given: Tensors) -> None:
    """Every free dimension is free in the artifact too."""
    expected = model.predict(NETWORK, given)
    check_parity(expected, RUNTIME.predict(given), SIGNATURE.tolerance)
