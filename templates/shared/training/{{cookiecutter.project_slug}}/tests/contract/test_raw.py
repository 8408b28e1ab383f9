"""From raw values to outputs: the same in training and in what gets deployed."""

import pytest

from {{ cookiecutter.package_name }} import contract
from {{ cookiecutter.package_name }}.contract import raw
from {{ cookiecutter.package_name }}.contract.runtime import Runtime
from {{ cookiecutter.package_name }}.evaluation import held_out
from {{ cookiecutter.package_name }}.prepare import prepare
from {{ cookiecutter.package_name }}.settings import ARTIFACTS

SIGNATURE = contract.Signature.read(ARTIFACTS)
GOLDEN = contract.Golden.read(ARTIFACTS, SIGNATURE)
RUNTIME = Runtime(SIGNATURE.verify(ARTIFACTS))
HOW = SIGNATURE.task.preprocessing


def test_prepare_does_what_it_did_when_the_model_was_exported() -> None:
    """If this fails, prepare.py has changed: train and export again."""
    inputs = prepare(raw.from_json(GOLDEN.raw), HOW)
    contract.check_parity(GOLDEN.inputs, inputs, SIGNATURE.tolerance)


def test_raw_examples_score_as_in_training() -> None:
    """Otherwise training sees other inputs than clients get."""
    held_out.check(lambda values: RUNTIME.predict(prepare(values, HOW)))


@pytest.mark.parametrize("size", [1, 2, 3])
def test_batch_dimension_is_free(size: int) -> None:
    """An answer depends on its example alone, not on the batch that it came in."""
    inputs = {name: tensor[:size] for name, tensor in GOLDEN.inputs.items()}
    expected = {name: tensor[:size] for name, tensor in GOLDEN.outputs.items()}
    contract.check_parity(expected, RUNTIME.predict(inputs), SIGNATURE.tolerance)
