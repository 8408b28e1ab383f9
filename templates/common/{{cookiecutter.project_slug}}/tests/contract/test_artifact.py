"""The exported artifact, in the runtime that will serve it."""

from {{ cookiecutter.package_name }} import contract
from {{ cookiecutter.package_name }}.contract.runtime import Runtime
from {{ cookiecutter.package_name }}.settings import ARTIFACTS

SIGNATURE = contract.Signature.read(ARTIFACTS)
GOLDEN = contract.Golden.read(ARTIFACTS, SIGNATURE)
RUNTIME = Runtime(SIGNATURE.verify(ARTIFACTS))


def test_the_artifact_was_made_from_what_is_here() -> None:
    """What was trained last is what gets deployed."""
    assert not SIGNATURE.staleness()


def test_artifact_reproduces_the_trained_model() -> None:
    """Parity: the same examples, the training framework's outputs."""
    outputs = RUNTIME.predict(GOLDEN.inputs)
    contract.check_parity(GOLDEN.outputs, outputs, SIGNATURE.tolerance)
    assert set(outputs) == set(SIGNATURE.outputs)
    for name, spec in SIGNATURE.outputs.items():
        assert outputs[name].dtype == outputs[name].astype(spec.dtype).dtype
        pairs = zip(outputs[name].shape, spec.shape, strict=True)
        assert all(wanted in (None, size) for size, wanted in pairs)
