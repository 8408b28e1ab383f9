"""What is read from LiteRT models."""

from __future__ import annotations

import model_files as made

from conftest import CATALOG
from dlscaffold.models.description import Contents, Tensor
from dlscaffold.models.identify import describe
from dlscaffold.models.limits import limits_of


def test_litert() -> None:
    found = describe(made.FIXTURES / "ranker.tflite")
    assert found.framework == "tensorflow"
    assert found.signatures[0].name == "serving_default"
    assert found.inputs == (
        Tensor("item", "int32", (None, 3)),
        Tensor("price", "float32", (None, 2)),
    )
    assert [one.shape for one in found.outputs] == [(None, 1), (None, 5)]
    assert found.operators["FULLY_CONNECTED"] == 2
    assert found.parameters


def test_litert_with_operators_that_its_runtime_does_not_have() -> None:
    found = describe(made.FIXTURES / "determinant.tflite")
    why = {fit.target: fit for fit in found.targets}["litert"]
    assert why.format is None
    assert "LiteRT has no FlexCholesky" in why.because


def test_litert_with_an_operator_that_its_runtime_registers() -> None:
    limits = limits_of(CATALOG.format("litert"))
    contents = Contents((), custom_operators=frozenset(["Mfcc"]))
    assert not list(limits.unmet(contents))
    newer = Contents((), custom_operators=frozenset(["operator 300"]))
    assert "LiteRT has no operator 300" in next(limits.unmet(newer))
