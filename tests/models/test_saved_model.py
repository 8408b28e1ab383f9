"""What is read from SavedModel folders."""

from __future__ import annotations

from pathlib import Path

import model_files as made
import pytest
from reading import look, reasons

from dlscaffold.models.description import Tensor
from dlscaffold.models.identify import describe


@pytest.mark.parametrize("path", ["greeter", "greeter/saved_model.pb"])
def test_saved_model_with_a_string(path: str) -> None:
    found = describe(made.FIXTURES / path)
    assert found.framework_version
    assert found.signatures[0].name == "serving_default"
    assert found.inputs == (Tensor("name", "string", (None,)),)
    assert {one.name: one.dtype for one in found.outputs} == {
        "greeting": "string",
        "length": "int32",
    }
    fitting = {fit.target: fit.format for fit in found.targets if fit.format}
    assert fitting == {"tensorflow-serving": "saved-model"}
    why = {fit.target: fit.because for fit in found.targets}
    assert "strings" in why["litert"]


@pytest.mark.parametrize(
    ("operator", "signed", "why"),
    [("PyFunc", True, "calls Python"), ("AddV2", False, "has no signature")],
)
def test_saved_models_that_nothing_can_serve(
    operator: str, signed: bool, why: str, tmp_path: Path
) -> None:
    said = made.message((1, "serving_default"), (2, b""))
    signatures = ((5, said),) if signed else ()
    graph = made.message((1, made.message((2, operator))))
    data = made.field(2, made.message((2, graph), *signatures))
    because = reasons(look(tmp_path, "saved_model.pb", data))
    assert why in because["flask"]
    assert why in because["tensorflow-serving"]


@pytest.mark.parametrize(("served", "fits"), [("plain", True), ("loop", False)])
def test_saved_models_loop_where_what_is_served_does(
    served: str, fits: bool, tmp_path: Path
) -> None:
    nodes = [
        made.graph_node("x", "Placeholder"),
        made.graph_node("other", "NoOp"),
        made.graph_node("plain", "PartitionedCall", "x", "^x", calls="straight"),
        made.graph_node("loop", "PartitionedCall", "x:0", calls="around"),
    ]
    functions = {
        "straight": made.graph_node("a", "Relu"),
        "around": made.graph_node("b", "While", calls="body"),
        "body": made.graph_node("c", "TensorListReserve", calls="around"),
    }
    data = made.saved_model(served, nodes, functions)
    found = look(tmp_path, "saved_model.pb", data)
    inner = {"Relu": 1} if fits else {"While": 1, "TensorListReserve": 1}
    assert found.operators == {"PartitionedCall": 1, "Placeholder": 1, **inner}
    fit = {fit.target: fit for fit in found.targets}["litert"]
    assert bool(fit.format) is fits
    assert fits or "tf.TensorSpec([1, ...])" in fit.because
