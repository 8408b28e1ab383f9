"""From raw values to outputs: the same in training and in what gets deployed."""

from {{ cookiecutter.package_name }} import contract
from {{ cookiecutter.package_name }}.contract import raw
from {{ cookiecutter.package_name }}.contract.runtime import Runtime
from {{ cookiecutter.package_name }}.evaluation import held_out
from {{ cookiecutter.package_name }}.prepare import prepare
from {{ cookiecutter.package_name }}.settings import ARTIFACTS

SIGNATURE = contract.Signature.read(ARTIFACTS)
GOLDEN = contract.Golden.read(ARTIFACTS, SIGNATURE)
RUNTIME = Runtime(SIGNATURE.verify(ARTIFACTS))


def test_prepare_does_what_it_did_when_the_model_was_exported() -> None:
    """If this fails, prepare.py has changed: train and export again."""
    values = raw.from_json(GOLDEN.raw)
    inputs = prepare(values, SIGNATURE.task.preprocessing)
    contract.check_parity(GOLDEN.inputs, inputs, SIGNATURE.tolerance)


def test_raw_examples_score_as_in_training() -> None:
    """Otherwise training sees other inputs than clients get."""
    how = SIGNATURE.task.preprocessing
    held_out.check(lambda values: RUNTIME.predict(prepare(values, how)))
