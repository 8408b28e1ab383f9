"""The exported artifact, in the runtime that will serve it."""

from {{ cookiecutter.package_name }} import contract
from {{ cookiecutter.package_name }}.contract.runtime import Runtime
from {{ cookiecutter.package_name }}.settings import ARTIFACTS

SIGNATURE = contract.Signature.read(ARTIFACTS)
GOLDEN = contract.Golden.read(ARTIFACTS, SIGNATURE)
RUNTIME = Runtime(SIGNATURE.verify(ARTIFACTS))


def test_the_artifact_was_made_from_what_is_here() -> None:
    """What was trained last is what gets deployed."""
    SIGNATURE.check_sources()


def test_artifact_reproduces_the_trained_model() -> None:
    """Parity: the same examples, the training framework's outputs."""
    outputs = RUNTIME.predict(GOLDEN.inputs)
    contract.check_parity(GOLDEN.outputs, outputs, SIGNATURE.tolerance)


def test_outputs_fit_the_signature() -> None:
    """Names, types and shapes are the promised ones."""
    outputs = RUNTIME.predict(GOLDEN.inputs)
    assert set(outputs) == set(SIGNATURE.outputs)
    for name, spec in SIGNATURE.outputs.items():
        assert outputs[name].dtype == outputs[name].astype(spec.dtype).dtype
        assert len(outputs[name].shape) == len(spec.shape)
        for size, wanted in zip(outputs[name].shape, spec.shape, strict=True):
            assert wanted in (None, size)
