"""The quantised model beside the exact one."""

from pathlib import Path

import pytest

from {{ cookiecutter.package_name }} import data, model
from {{ cookiecutter.package_name }}.contract import (
    ContractError,
    check_parity,
    convert,
    int8,
)
from {{ cookiecutter.package_name }}.contract.runtime import ARTIFACT, Runtime
from {{ cookiecutter.package_name }}.settings import MODELS


def test_int8_is_smaller_and_as_right(tmp_path: Path) -> None:
    """At most half the size, even of this small network, and close to its answers."""
    network = model.load(MODELS)
    exact, quantised = tmp_path / f"exact-{ARTIFACT}", tmp_path / ARTIFACT
    convert.write_artifact(network, exact)
    try:
        int8.write_int8(network, quantised)
    except ContractError as error:
        pytest.skip(str(error))
    assert quantised.stat().st_size <= 0.5 * exact.stat().st_size
    inputs = {"image": data.load().test.images[:16]}
    expected = Runtime(exact).predict(inputs)
    check_parity(expected, Runtime(quantised).predict(inputs), int8.TOLERANCE)


def test_a_loss_of_more_than_a_point_is_refused() -> None:
    """The message says by how much, and what to do; one point is allowed."""
    int8.refuse_loss(0.98, 0.97)
    with pytest.raises(ContractError, match=r"96\.0% .* instead of 98\.0%"):
        int8.refuse_loss(0.98, 0.96)
