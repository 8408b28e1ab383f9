"""The quantized model beside the exact one."""

from pathlib import Path

import pytest

from {{ cookiecutter.package_name }} import contract
from {{ cookiecutter.package_name }}.contract import convert, examples, forms
from {{ cookiecutter.package_name }}.contract.runtime import ARTIFACT, Runtime
from {{ cookiecutter.package_name }}.settings import ARTIFACTS


def test_int8_is_smaller_and_as_right(tmp_path: Path) -> None:
    """At most half the size, even of this small network, and close to its answers."""
    network = examples.load()
    exact, quantized = tmp_path / f"exact-{ARTIFACT}", tmp_path / ARTIFACT
    convert.write_artifact(network, exact)
    try:
        forms.write_int8(network, quantized)
    except contract.ContractError as error:
        pytest.skip(str(error))
    assert quantized.stat().st_size <= 0.5 * exact.stat().st_size
    golden = contract.Golden.read(ARTIFACTS, contract.Signature.read(ARTIFACTS))
    expected = Runtime(exact).predict(golden.inputs)
    actual = Runtime(quantized).predict(golden.inputs)
    contract.check_parity(expected, actual, forms.TOLERANCE)
