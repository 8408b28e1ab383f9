"""What is read from ONNX files."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import model_files as made
import pytest
from reading import WHOLE, look, reasons, refusal

from dlscaffold.models.bytes import bounds
from dlscaffold.models.description import Tensor
from dlscaffold.models.identify import describe


def test_onnx(tmp_path: Path) -> None:
    found = look(tmp_path, "model.bin", WHOLE["small.onnx"])
    assert found.format == "onnx"
    assert (found.framework, found.framework_version) == ("by hand", "1")
    assert found.inputs == (Tensor("x", "float32", ("batch", 4)),)
    assert found.outputs == (Tensor("y", "float32", ("batch", 1)),)
    assert found.parameters == 4
    assert found.operators == {"MatMul": 1}
    assert found.notes == ("opset ai.onnx 20",)
    assert found.size == len(WHOLE["small.onnx"])


def test_onnx_as_a_converter_wrote_it() -> None:
    found = describe(made.FIXTURES / "ranker.onnx")
    assert [(one.name, one.dtype) for one in found.inputs] == [
        ("item", "int32"),
        ("price", "float32"),
    ]
    assert [one.shape and one.shape[1] for one in found.outputs] == [1, 5]
    assert found.operators["MatMul"] == 2


def test_onnx_operators_inside_of_branches_count(tmp_path: Path) -> None:
    inner = made.message((1, made.message((4, "Relu"), (7, "com.microsoft"))))
    attribute = made.message((1, "then_branch"), (6, inner))
    branch = made.message((4, "If"), (5, attribute))
    found = look(tmp_path, "m.onnx", made.onnx_model(nodes=(branch,)))
    assert found.operators == {"If": 1, "MatMul": 1, "com.microsoft.Relu": 1}


def test_onnx_operators_that_its_runtime_does_not_have(tmp_path: Path) -> None:
    node = made.message((4, "Sparkle"), (7, "com.example"))
    model = made.onnx_model(nodes=(node,))
    why = {fit.target: fit for fit in look(tmp_path, "m.onnx", model).targets}["flask"]
    assert why.format is None
    assert "ONNX Runtime has no com.example.Sparkle" in why.because
    body = (7, made.message((4, "Relu")))
    function = made.field(25, made.message((1, "Sparkle"), body, (10, "com.example")))
    found = look(tmp_path, "m.onnx", model + function)
    assert found.operators == {"MatMul": 1, "Relu": 1}
    assert {fit.target: fit.format for fit in found.targets}["flask"] == "onnx"


def test_names_of_a_file_do_not_steer_the_terminal(tmp_path: Path) -> None:
    names = [(4, f"\x1b[31m\n{place}") for place in range(9)]
    nodes = tuple(made.message(name, (7, "evil")) for name in names)
    found = look(tmp_path, "m.onnx", made.onnx_model(nodes=nodes))
    why = {fit.target: fit.because for fit in found.targets}["flask"]
    assert why.isprintable()
    assert "and 6 more" in why


def test_onnx_outputs_that_are_no_tensors(tmp_path: Path) -> None:
    sequence = made.message((1, "chances"), (2, made.message((4, b""))))
    model = made.onnx_model(outputs=(sequence,))
    why = {fit.target: fit for fit in look(tmp_path, "m.onnx", model).targets}["flask"]
    assert why.format is None
    assert "chances is not a tensor" in why.because


def test_onnx_with_external_data(tmp_path: Path) -> None:
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "w.data").write_bytes(bytes(116))
    model = made.onnx_model(made.outside_weight("weights/w.data", offset=100))
    found = look(tmp_path, "m.onnx", model)
    assert found.parameters == 4
    assert found.size == len(model) + 116


def inside(weight: bytes) -> dict[str, bytes]:
    """Return models that hold a weight elsewhere than among their graph's own."""
    graph = made.message((5, weight))
    sparse = made.message((1, weight))
    constant = made.onnx_node("Constant", (5, weight))
    nodes = {
        "constant": constant,
        "list": made.onnx_node("Own", (10, weight)),
        "branch": made.onnx_node("If", (6, graph)),
        "branches": made.onnx_node("Own", (11, graph)),
        "sparse": made.onnx_node("Constant", (22, sparse)),
        "sparse list": made.onnx_node("Own", (23, sparse)),
        "deep": made.onnx_node("If", (6, made.message((1, constant)))),
    }
    models = {name: made.onnx_model(nodes=(node,)) for name, node in nodes.items()}
    function = made.message((1, "F"), (7, constant), (10, "own"))
    default = made.message((1, "F"), (11, made.message((5, weight))), (10, "own"))
    models["function"] = made.onnx_model() + made.field(25, function)
    models["default"] = made.onnx_model() + made.field(25, default)
    model = made.message((1, 10), (7, made.message((15, sparse))))
    return {**models, "initializer": model}


@pytest.mark.parametrize("place", inside(b""))
def test_onnx_weights_are_found_wherever_they_are(place: str, tmp_path: Path) -> None:
    (tmp_path / "w.bin").write_bytes(bytes(16))
    model = inside(made.outside_weight("w.bin"))[place]
    found = look(tmp_path, "m.onnx", model)
    assert found.parameters == 4
    assert found.external_files == ("w.bin",)
    model = inside(made.outside_weight("../w.bin"))[place]
    assert "outside of its folder" in refusal(tmp_path, "m.onnx", model)


def test_an_onnx_constant_is_not_taken_for_an_input_of_its_name(tmp_path: Path) -> None:
    constant = made.onnx_node("Constant", (5, made.onnx_weight("x", bytes(4), 1)))
    found = look(tmp_path, "m.onnx", made.onnx_model(nodes=(constant,)))
    assert [one.name for one in found.inputs] == ["x"]


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (made.onnx_model(opsets=()), "names no opset"),
        (made.onnx_model(opsets=(("", 99),)), "no opset ai.onnx 99"),
        (made.onnx_model(opsets=(("", 9), ("ai.onnx.ml", 9))), "no opset ai.onnx.ml 9"),
        (made.onnx_model() + made.field(1, 99), "no IR version 99"),
        (made.onnx_model(width=0), "input x has a dimension of size 0"),
    ],
)
def test_onnx_files_that_no_runtime_takes(
    model: bytes, why: str, tmp_path: Path
) -> None:
    assert why in reasons(look(tmp_path, "m.onnx", model))["flask"]


def test_onnx_weights_are_not_read(tmp_path: Path) -> None:
    size = 256 << 20
    head = made.message((1, size // 4), (2, 1), (8, "w"))
    weight_size = len(head) + 1 + len(made.varint(size)) + size
    inputs = made.field(11, made.onnx_value("x", 4))
    weight = b"\x2a" + made.varint(weight_size) + head + b"\x4a" + made.varint(size)
    graph_size = len(weight) + size + len(inputs)
    file = tmp_path / "large.onnx"
    with file.open("wb") as opened:
        opened.write(b"\x08\x0a\x3a" + made.varint(graph_size) + weight)
        opened.seek(size, os.SEEK_CUR)  # a hole: no disk is used
        opened.write(inputs)
    tracemalloc.start()
    found = describe(file)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.parameters == size // 4
    assert found.inputs == (Tensor("x", "float32", (4,)),)
    assert most < 1 << 20


@pytest.mark.parametrize(
    "location",
    ["../w", "/etc/passwd", "", "a/../../w", "..\\w", "C:\\w", "none", "a\0b", "link"],
)
def test_weights_elsewhere_are_refused(location: str, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "w").write_bytes(bytes(100))
    (folder / "link").symlink_to(tmp_path / "w")
    model = made.onnx_model(made.outside_weight(location))
    assert "weights" in refusal(folder, "m.onnx", model)


@pytest.mark.parametrize(("offset", "length"), [(0, 8), (90, 16), (1 << 62, 16)])
def test_weights_that_are_not_where_it_says(
    offset: int, length: int, tmp_path: Path
) -> None:
    (tmp_path / "w").write_bytes(bytes(100))
    model = made.onnx_model(made.outside_weight("w", offset, length))
    assert "does not hold the weight 'w'" in refusal(tmp_path, "m.onnx", model)


def test_a_weight_of_another_size_than_it_says(tmp_path: Path) -> None:
    model = made.onnx_model(made.onnx_weight("w", bytes(12), 4, 1))
    assert "16 bytes" in refusal(tmp_path, "m.onnx", model)


def test_graphs_in_graphs_without_end(tmp_path: Path) -> None:
    node = made.message((4, "Relu"))
    for _ in range(300):
        node = made.message((4, "If"), (5, made.message((6, made.field(1, node)))))
    assert "nested" in refusal(tmp_path, "m.onnx", made.onnx_model(nodes=(node,)))


def test_more_fields_than_anyone_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds.Budget, "__init__", few_fields)
    nodes = (made.message((4, "Relu")),) * 1000
    assert "fields" in refusal(tmp_path, "m.onnx", made.onnx_model(nodes=nodes))


def few_fields(budget: bounds.Budget) -> None:
    budget.left = 500
