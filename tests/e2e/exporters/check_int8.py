"""What int8 may cost, and what it saves."""

from pathlib import Path

import pytest
from project.contract import (
    ContractError,
    Golden,
    Signature,
    check_parity,
    convert,
    examples,
    forms,
)
from project.contract.runtime import ARTIFACT, Runtime
from project.settings import ARTIFACTS


def test_a_loss_of_more_than_a_point_is_refused() -> None:
    """The message says by how much, and what to do; one point is allowed."""
    forms.refuse_loss(0.98, 0.97)
    with pytest.raises(ContractError, match=r"96\.0% .* instead of 98\.0%"):
        forms.refuse_loss(0.98, 0.96)


def test_int8_is_smaller_and_as_right(tmp_path: Path) -> None:
    """At most half the size, even of this small network, and close to its answers."""
    network = examples.load()
    exact, quantized = tmp_path / f"exact-{ARTIFACT}", tmp_path / ARTIFACT
    convert.write_artifact(network, exact)
    forms.write_int8(network, quantized)
    assert quantized.stat().st_size <= 0.5 * exact.stat().st_size
    golden = Golden.read(ARTIFACTS, Signature.read(ARTIFACTS))
    expected = Runtime(exact).predict(golden.inputs)
    check_parity(expected, Runtime(quantized).predict(golden.inputs), forms.TOLERANCE)
