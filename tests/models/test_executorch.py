"""What is read from ExecuTorch programs."""

from __future__ import annotations

import model_files as made

from dlscaffold.models.description import Tensor
from dlscaffold.models.identify import describe


def test_executorch() -> None:
    found = describe(made.FIXTURES / "small.pte")
    assert found.inputs == (Tensor("input_0", "float32", (1, 4)),)
    assert found.outputs == (Tensor("output_0", "float32", (1, 3)),)
    assert found.operators["aten::relu.out"] == 1
