"""What `inspect` says of models, and that every other file ends in one sentence."""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import model_files as made
import pytest
from click.testing import Result
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conftest import CATALOG
from dlscaffold.errors import ScaffoldError
from dlscaffold.models import archive, kinds, litert, outside, wire
from dlscaffold.models.description import Description, Tensor
from dlscaffold.models.identify import describe, outline
from dlscaffold.terminal import printable

Run = Callable[..., Result]
WHOLE = made.whole_files()
# What one file may make the readers hold in memory while the tests run.
MEMORY = 64 << 20


def look(folder: Path, name: str, data: bytes, **options: Any) -> Description:
    """Write a file and describe it."""
    file = folder / name
    file.write_bytes(data)
    return describe(file, **options)


def refusal(folder: Path, name: str, data: bytes) -> str:
    """Return the sentence that a file is refused with."""
    with pytest.raises(ScaffoldError) as caught:
        look(folder, name, data)
    assert caught.value.exit_code == 1
    assert "\n" not in caught.value.message
    assert caught.value.message.endswith(".")
    return caught.value.message


# ---- what is said --------------------------------------------------------------------


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
    assert "chances, no tensor" in why.because


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
        (made.onnx_model(opsets=(("", 99),)), "no opset 99 of ai.onnx"),
        (made.onnx_model(opsets=(("", 9), ("ai.onnx.ml", 9))), "of ai.onnx.ml"),
        (made.onnx_model() + made.field(1, 99), "no IR version 99"),
        (made.onnx_model(width=0), "nothing for x, whose size is 0"),
    ],
)
def test_onnx_files_that_no_runtime_takes(
    model: bytes, why: str, tmp_path: Path
) -> None:
    assert why in reasons(look(tmp_path, "m.onnx", model))["flask"]


def test_the_newest_opsets_are_those_of_the_runtime_that_projects_pin() -> None:
    layer = CATALOG.format("onnx").path
    pins = (layer / "templates/partials/dependencies/runtime.toml").read_text("utf-8")
    assert "onnxruntime==1.32.*" in pins  # else look at `NEWEST` in inspect/onnx.py too


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
    (signature,) = found.signatures
    assert list(litert.obstacles([signature], ["ADD", "custom.Mfcc"])) == []


def test_executorch() -> None:
    found = describe(made.FIXTURES / "small.pte")
    assert found.inputs == (Tensor("input_0", "float32", (1, 4)),)
    assert found.outputs == (Tensor("output_0", "float32", (1, 3)),)
    assert found.operators["aten::relu.out"] == 1


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


def test_keras(tmp_path: Path) -> None:
    found = look(tmp_path, "m.keras", WHOLE["small.keras"])
    assert (found.framework, found.framework_version) == ("keras", "3.15.1")
    assert found.inputs == (Tensor("image", "float32", (None, 8, 8)),)
    assert found.outputs == (Tensor("score", "float16", (None, 8, 2)),)
    assert found.operators == {"Dense": 1, "InputLayer": 1}
    assert "--python" in found.notes[0]


LEFT, RIGHT = (
    made.layer("InputLayer", name, batch_shape=[None, size], dtype="float32")
    for name, size in (("left", 2), ("right", 3))
)
ADD, LESS = made.layer("Add", "plus"), made.layer("Subtract", "minus")


def test_keras_names_what_is_in_a_dict_by_its_keys_in_their_order(
    tmp_path: Path,
) -> None:
    """As it flattens dicts: what comes out first is what is first in the alphabet."""
    config = made.functional(
        {"zed": ["left", 0, 0], "alpha": ["right", 0, 0]},
        {"ratio": ["minus", 0, 0], "both": ["plus", 0, 0], "b": [["plus", 0, 0]]},
        *(LEFT, RIGHT, ADD, LESS),
    )
    found = look(tmp_path, "m.keras", made.keras_archive(config))
    assert [(one.name, one.shape) for one in found.inputs] == [
        ("alpha", (None, 3)),
        ("zed", (None, 2)),
    ]
    assert [one.name for one in found.outputs] == ["plus", "both", "ratio"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs scripts with an interpreter")
def test_keras_builds_what_is_in_a_dict_in_the_same_order(tmp_path: Path) -> None:
    names = {"zed": ["left", 0, 0], "alpha": ["right", 0, 0]}
    config = made.functional(names, names, LEFT, RIGHT)
    tensors = [{"name": "k", "dtype": "int8", "shape": [one]} for one in (3, 2)]
    built = {"inputs": tensors, "outputs": tensors, "parameters": 0}
    python = fake(tmp_path, f"print({json.dumps(built)!r})")
    found = look(tmp_path, "m.keras", made.keras_archive(config), python=python)
    assert found.inputs == (
        Tensor("alpha", "int8", (3,)),
        Tensor("zed", "int8", (2,)),
    )
    assert [one.shape for one in found.outputs] == [(3,), (2,)]


def test_keras_outputs_of_one_layer_have_names_of_their_own(tmp_path: Path) -> None:
    inputs = [["left", 0, 0], ["right", 0, 0]]
    outputs = [["plus", 0, 0], ["plus", 1, 0], ["left", 0, 0]]
    config = made.functional(inputs, outputs, LEFT, RIGHT, ADD)
    found = look(tmp_path, "m.keras", made.keras_archive(config))
    names = [one.name for one in found.outputs]
    assert names == ["plus", "plus_output_1", "left_output_2"]


def test_lambda_layers_are_named_and_refused(tmp_path: Path) -> None:
    data = made.keras_archive(made.keras_config(made.LAMBDA))
    said = refusal(tmp_path, "m.keras", data)
    assert "Lambda layers (double)" in said
    assert "--trust" in said
    found = look(tmp_path, "m.keras", data, trust=True)
    assert found.operators["Lambda"] == 1


@pytest.mark.parametrize(
    "part",
    [
        made.layer("TFSMLayer", "other", filepath="/etc"),
        made.layer("StringLookup", "words", vocabulary="/etc/passwd"),
        {**made.layer("get_file", "fetch"), "module": "keras.utils"},
        {**made.layer("Scale", "scale"), "module": "shop.layers"},
        {**made.layer("Scale", "scale"), "module": None, "registered_name": "shop>S"},
    ],
)
def test_what_keras_would_reach_for_is_not_built(
    part: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> dict[str, Any]:
        raise AssertionError("the other interpreter was asked")

    monkeypatch.setattr(outside, "call", never)
    data = made.keras_archive(made.keras_config(part))
    found = look(tmp_path, "m.keras", data, python=sys.executable)
    assert part["config"]["name"] in found.notes[0]


def reasons(found: Description) -> dict[str, str]:
    """Return why each target does not fit, where none does."""
    assert not [fit for fit in found.targets if fit.format]
    return {fit.target: fit.because for fit in found.targets}


@pytest.mark.parametrize(
    ("config", "why"),
    [
        (
            made.keras_config({**made.layer("Own", "mine"), "module": "shop"}),
            "does not hold (mine)",
        ),
        (
            {"module": "shop", "class_name": "Shop", "config": {"name": "shop"}},
            "does not hold (shop)",
        ),
        (
            {"module": "keras", "class_name": "Model", "config": {}},
            "does not say what goes in",
        ),
    ],
)
def test_keras_models_that_nothing_but_their_own_code_can_make(
    config: dict[str, Any], why: str, tmp_path: Path
) -> None:
    said = reasons(look(tmp_path, "m.keras", made.keras_archive(config)))["flask"]
    assert why in said
    assert "model.export('folder')" in said


def test_keras_layers_inside_of_wrappers_count(tmp_path: Path) -> None:
    both = made.layer("Bidirectional", "both", layer=made.layer("GRU", "gru"))
    times = made.layer("TimeDistributed", "times", layer=made.keras_config())
    rnn = made.layer("RNN", "rnn", cell=made.layer("GRUCell", "cell"))
    config = made.keras_config(both, times, rnn)
    found = look(tmp_path, "m.keras", made.keras_archive(config))
    inner = {"GRU", "GRUCell", "Sequential", "Dense"}
    assert inner <= set(found.operators)
    why = {fit.target: fit for fit in found.targets}["litert"]
    assert why.format is None
    assert "GRU" in why.because
    assert "keras.Input" in why.because


def test_a_loss_of_ones_own_does_not_matter(tmp_path: Path) -> None:
    config = made.keras_config()
    config["compile_config"] = {"loss": {"class_name": "Mine", "module": "shop"}}
    found = look(tmp_path, "m.keras", made.keras_archive(config))
    assert not [note for note in found.notes if "Mine" in note]


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


def test_torchscript(tmp_path: Path) -> None:
    more = "scale: float=1.5,\n    mask: Optional[Tensor]=None"
    code = made.TORCH_CODE.replace("mask: Tensor", more)
    found = look(tmp_path, "m.pt", made.torchscript(code=code))
    assert found.format == "torchscript"
    assert found.inputs == (
        Tensor("image", None, None),
        Tensor("scale", "float64", ()),
        Tensor("mask", None, None),
    )
    assert found.outputs == (
        Tensor("output_0", None, None),
        Tensor("output_1", None, None),
        Tensor("output_2", None, None),
    )
    assert found.parameters == 15
    assert found.operators == {"torch.linear": 1}


@pytest.mark.parametrize("lite", [False, True])
def test_torchscript_of_what_no_request_can_become(tmp_path: Path, lite: bool) -> None:
    code = made.TORCH_CODE.replace("image: Tensor", "image: Dict[str, Tensor]")
    code = code.replace("Tuple[Tensor, Tuple", "Tuple[int, Tuple")
    found = look(tmp_path, "m.pt", made.torchscript(lite, code))
    odd = [
        fit.because for fit in found.targets if "Dict[str, Tensor], int" in fit.because
    ]
    assert odd
    assert not any(fit.format for fit in found.targets)


def test_torchscript_without_a_request(tmp_path: Path) -> None:
    takes_nothing = TAKES_NOTHING.format("Tensor")
    found = look(tmp_path, "m.pt", made.torchscript(code=takes_nothing))
    assert "takes nothing" in reasons(found)["flask"]
    found = look(tmp_path, "m.pt", made.torchscript(code="class Small(Module):\n"))
    assert "no forward method" in reasons(found)["flask"]


TAKES_NOTHING = "class Small(Module):\n  def forward(self: __torch__.Small) -> {}:\n"


@pytest.mark.parametrize("kind", ["bool", "int", "float", "Optional[Tensor]", "str"])
def test_torchscript_of_what_onnx_does_not_take(kind: str, tmp_path: Path) -> None:
    code = TAKES_NOTHING.format("Tensor").replace(
        "__torch__.Small", f"__torch__.Small,\n    x: Tensor,\n    more: {kind}"
    )
    found = look(tmp_path, "m.pt", made.torchscript(code=code))
    fit = {fit.target: fit for fit in found.targets}
    assert fit["flask"].format is None
    assert kind in fit["flask"].because
    assert bool(fit["pytorch-mobile"].format) is (kind != "str")


def test_torchscript_that_was_frozen(tmp_path: Path) -> None:
    members = {
        "small/data.pkl": made.torchscript_pickle(),
        "small/code/__torch__.py": made.TORCH_CODE,
        "small/constants.pkl": made.torchscript_pickle(("0", 8), ("1", 2)),
    }
    assert look(tmp_path, "m.pt", made.archive(members)).parameters == 10
    members["small/data.pkl"] = made.torchscript_pickle(("0", 3))
    assert look(tmp_path, "m.pt", made.archive(members)).parameters == 3


def test_lite_interpreter(tmp_path: Path) -> None:
    found = look(tmp_path, "m.ptl", WHOLE["small.ptl"])
    assert found.format == "lite-interpreter"
    assert "bytecode version 8" in found.notes


def test_exported_program(tmp_path: Path) -> None:
    found = look(tmp_path, "m.pt2", WHOLE["small.pt2"])
    assert (found.framework, found.framework_version) == ("pytorch", "2.13.0")
    assert found.inputs == (Tensor("x", "int64", ("s0", 4)),)
    assert found.outputs == (Tensor("y", "float32", ("s0", 3)),)
    assert found.parameters == 12
    assert found.operators == {"aten.linear.default": 1}


def test_an_exported_program_with_bounds(tmp_path: Path) -> None:
    program = made.exported_program()
    program["range_constraints"] = {"s0": {"min_val": 1, "max_val": 8}}
    found = look(tmp_path, "m.pt2", made.exported(program))
    assert found.inputs == (Tensor("x", "int64", ("s0", 4), (8, None)),)
    program["range_constraints"]["s0"]["max_val"] = (1 << 63) - 1
    (one,) = look(tmp_path, "m.pt2", made.exported(program)).inputs
    assert one.most is None


def test_an_exported_dimension_that_is_a_multiple(tmp_path: Path) -> None:
    program = made.exported_program()
    times = "Mul(Integer(4), Symbol('s0', positive=True, integer=True))"
    tensors = program["graph_module"]["graph"]["tensor_values"]
    tensors["x"]["sizes"][0]["as_expr"]["expr_str"] = times
    (one,) = look(tmp_path, "m.pt2", made.exported(program)).inputs
    assert one.shape == ("4*s0", 4)


@pytest.mark.parametrize(
    ("place", "argument"),
    [
        ("input", {"as_sym_int": {"as_name": "n"}}),
        ("output", {"as_none": True}),
        ("output", {"as_int": 5}),
    ],
)
def test_an_exported_program_of_more_than_tensors(
    place: str, argument: dict[str, Any], tmp_path: Path
) -> None:
    program = made.exported_program()
    specs = program["graph_module"]["signature"][f"{place}_specs"]
    specs.append({f"user_{place}": {"arg": argument}})
    found = look(tmp_path, "m.pt2", made.exported(program))
    (kind,) = argument
    assert f"{kind.removeprefix('as_')}, no tensor" in reasons(found)["flask"]


def test_an_output_that_is_an_input_has_a_name_of_its_own(tmp_path: Path) -> None:
    program = made.exported_program()
    outputs = program["graph_module"]["signature"]["output_specs"]
    x = {"user_output": {"arg": {"as_tensor": {"name": "x"}}}}
    outputs.extend([x, outputs[0]])
    found = look(tmp_path, "m.pt2", made.exported(program))
    assert [one.name for one in found.outputs] == ["y", "x_output_1", "y_output_2"]


def test_the_table_names_layers_that_there_are() -> None:
    used = {kind.layer or kind.name for kind in (*kinds.FILES, kinds.SAVED_MODEL)}
    assert used - {"pickle"} == set(CATALOG.names("models"))
    for name in CATALOG.names("models"):
        assert set(CATALOG.model(name).exports) <= set(CATALOG.names("formats"))


@pytest.mark.parametrize("name", WHOLE)
def test_every_target_fits_or_says_why_not(name: str, tmp_path: Path) -> None:
    found = look(tmp_path, name, WHOLE[name])
    assert [fit.target for fit in found.targets] == CATALOG.names("targets")
    assert any(fit.format for fit in found.targets)
    for fit in found.targets:
        target = CATALOG.target(fit.target)
        assert fit.because
        assert fit.format is None or fit.format in target.consumes


# ---- the command ---------------------------------------------------------------------


def test_the_command_prints_for_people(dlscaffold: Run) -> None:
    result = dlscaffold("inspect", made.FIXTURES / "ranker.tflite")
    assert result.exit_code == 0
    assert "LiteRT model" in result.stdout
    assert "(?, 3)" in result.stdout
    assert "does not fit" in result.stdout


def test_the_command_prints_json(dlscaffold: Run) -> None:
    result = dlscaffold("inspect", made.FIXTURES / "ranker.onnx", "--json")
    fields = json.loads(result.stdout)
    assert fields["format"] == "onnx"
    assert fields["inputs"][0]["name"] == "item"
    assert {"target", "format", "because", "formats"} == set(fields["targets"][0])


def test_names_in_a_file_do_not_steer_the_terminal(
    dlscaffold: Run, tmp_path: Path
) -> None:
    config = made.keras_config(made.layer("\x1b[2J[red]", "x"))
    (tmp_path / "m.keras").write_bytes(made.keras_archive(config))
    result = dlscaffold("inspect", tmp_path / "m.keras")
    assert "\x1b" not in result.stdout
    assert r"\x1b[2J[red] 1" in result.stdout


@given(st.text())
def test_printable(text: str) -> None:
    assert printable(text).isprintable()


def test_reading_imports_no_framework() -> None:
    script = (
        "import sys; from pathlib import Path; "
        "from dlscaffold.models.identify import describe; "
        f"[describe(Path({str(made.FIXTURES)!r}, n)) for n in ('ranker.onnx', "
        "'ranker.tflite', 'small.pte', 'greeter')]; print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert not loaded & {"onnx", "google", "numpy", "tensorflow", "keras", "torch"}


# ---- the other interpreter -----------------------------------------------------------


def fake(folder: Path, body: str) -> str:
    """Return the path of an interpreter that does something else."""
    file = folder / "python"
    file.write_text(f"#!{sys.executable}\n{body}\n", "utf-8")
    file.chmod(0o755)
    return str(file)


H5 = b"\x89HDF\r\n\x1a\n" + bytes(100)


def test_hdf5_asks_for_an_interpreter(tmp_path: Path) -> None:
    assert "--python" in refusal(tmp_path, "m.h5", H5)


@pytest.mark.skipif(sys.platform == "win32", reason="needs scripts with an interpreter")
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("raise SystemExit('no such thing')", "no such thing"),
        ("print('[]')", "failed to read"),
        ("import os; os.abort()", "failed to read"),
        ("print('{}')", "holds weights and no model"),
        ("""print('{"error": "OSError: truncated"}')""", "OSError: truncated"),
        ("""print('{"config": "{}{"}')""", "JSON"),
        ("import time; time.sleep(60)", "took more than"),
    ],
)
def test_what_the_other_interpreter_does_wrong_is_one_sentence(
    body: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "sleep" in body:
        monkeypatch.setattr(outside, "PATIENCE", 2)
    with pytest.raises(ScaffoldError, match=expected):
        look(tmp_path, "m.h5", H5, python=fake(tmp_path, body))


def test_an_interpreter_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ScaffoldError, match="cannot be run"):
        look(tmp_path, "m.h5", H5, python=str(tmp_path / "none"))


def test_an_interpreter_without_h5py(tmp_path: Path) -> None:
    with pytest.raises(ScaffoldError, match="No module named 'h5py'"):
        look(tmp_path, "m.h5", H5, python=sys.executable)


@pytest.mark.skipif(sys.platform == "win32", reason="needs scripts with an interpreter")
def test_what_the_other_interpreter_says_is_described(tmp_path: Path) -> None:
    config = json.dumps(made.keras_config())
    said = {"config": config, "version": "2.15.0", "parameters": 130}
    built = {"inputs": [], "outputs": [], "parameters": 130}
    body = (
        "import json, sys; task = json.load(sys.stdin)['task']; "
        f"print(json.dumps({said!r} if task == 'hdf5' else {built!r}))"
    )
    found = look(tmp_path, "m.h5", H5, python=fake(tmp_path, body))
    assert (found.parameters, found.framework_version) == (130, "2.15.0")
    assert found.outputs[0].shape == (None, 8, 2)


# ---- strangers' files ----------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        made.archive({"m/data.pkl": b"cos\nsystem\n", "m/version": "3"}),
        b"\x80\x02}q\x00.",
        b"\x80\x04cos\nsystem\n(S'touch ran'\ntR.",
    ],
)
def test_pickles_are_refused(
    data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "torch.export.save" in refusal(tmp_path, "m.pt", data)
    assert [file.name for file in tmp_path.iterdir()] == ["m.pt"]


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
    monkeypatch.setattr(wire.Budget, "__init__", few_fields)
    nodes = (made.message((4, "Relu")),) * 1000
    assert "fields" in refusal(tmp_path, "m.onnx", made.onnx_model(nodes=nodes))


def few_fields(budget: wire.Budget) -> None:
    budget.left = 500


HEADER = "class Small(Module):\n  def forward(self: "


@pytest.mark.parametrize(
    "code",
    [
        HEADER + "a" * 8000 + ") -> " * 2000 + "\n",
        HEADER + ") -> x" * 3000 + ":",
        HEADER + ", a: Tuple[" * 1500 + ") -> " + "Tuple[" * 1500 + ":\n",
        HEADER * 20_000,
        "ops." * 100_000,
    ],
)
def test_code_that_would_keep_a_pattern_busy(code: str, tmp_path: Path) -> None:
    started = time.process_time()
    survives(tmp_path, "m.pt", made.torchscript(code=code))
    assert time.process_time() - started < 10  # a careless pattern takes minutes


@pytest.mark.parametrize(
    "data",
    [
        b"PK\3\4" + bytes(100),
        made.archive({"metadata.json": "{}", "../../x": "{}"}),
        WHOLE["small.keras"][:-30],
    ],
)
def test_a_recommendation_for_a_damaged_archive(
    data: bytes, dlscaffold: Run, tmp_path: Path
) -> None:
    said = refusal(tmp_path, "m.keras", data)
    with pytest.raises(ScaffoldError) as caught:
        outline(tmp_path / "m.keras")
    assert caught.value.message == said
    result = dlscaffold("recommend", "--model", tmp_path / "m.keras")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")


def test_a_zip_bomb(tmp_path: Path) -> None:
    data = made.archive(
        {"metadata.json": "{}", "config.json": bytes(archive.LARGEST_TEXT + 1)}, True
    )
    assert len(data) < 1 << 20
    assert "takes more than 8 MB" in refusal(tmp_path, "m.keras", data)


def test_a_zip_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    bomb = bytes(archive.LARGEST_TEXT + 1)
    data = made.archive({"metadata.json": "{}", "config.json": bomb}, True)
    honest, lie = (struct.pack("<L", size) for size in (len(bomb), 100))
    assert honest in data
    refusal(tmp_path, "m.keras", data.replace(honest, lie))


def test_an_archive_of_too_many_members(tmp_path: Path) -> None:
    data = bytearray(WHOLE["small.keras"])
    end = data.rindex(b"PK\5\6")
    struct.pack_into("<L", data, end + 12, 1 << 30)
    assert "members" in refusal(tmp_path, "m.keras", bytes(data))


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", "..\\x", "C:\\x"])
def test_members_outside_of_the_archive(name: str, tmp_path: Path) -> None:
    data = made.archive({"metadata.json": "{}", "config.json": "{}", name: "x"})
    assert "outside" in refusal(tmp_path, "m.keras", data)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name(tmp_path: Path) -> None:
    data = io.BytesIO(WHOLE["small.keras"])
    with zipfile.ZipFile(data, "a") as opened:
        opened.writestr("config.json", "{}")
    assert "one name" in refusal(tmp_path, "m.keras", data.getvalue())


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ('{"a":[' + "{}," * 1_500_000 + "{}]}", "more than 1,000,000 values"),
        ('{"layers": []}', "not that of a model"),
        ('{"class_name": 5}', "not that of a model"),
    ],
)
def test_json_of_no_model_or_too_much(config: str, why: str, tmp_path: Path) -> None:
    data = made.archive({"metadata.json": "{}", "config.json": config}, True)
    assert why in refusal(tmp_path, "m.keras", data)


def test_a_pickle_of_too_many_parts(tmp_path: Path) -> None:
    pickle = b"\x80\x02c__torch__\nSmall\n" + b"K\1" * 600_000
    data = made.archive({"m/constants.pkl": b"", "m/data.pkl": pickle}, True)
    assert "over 500,000 parts" in refusal(tmp_path, "m.pt", data)


@pytest.mark.parametrize(
    "config", ["[" * 100_000, '{"a":' * 100_000, "", "null", "[]", "9" * 10_000, "\xff"]
)
def test_odd_json(config: str, tmp_path: Path) -> None:
    data = made.archive({"metadata.json": "{}", "config.json": config})
    assert "JSON" in refusal(tmp_path, "m.keras", data)


@pytest.mark.parametrize("data", [b"", b"\0", b"hello", b"PK\3\4", b"%PDF-1.7\n"])
def test_what_is_no_model(data: bytes, tmp_path: Path) -> None:
    for name in ("m.bin", "m.onnx", "m.keras"):
        refusal(tmp_path, name, data)


def test_what_is_no_file(dlscaffold: Run, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none", Path(os.devnull)):
        result = dlscaffold("inspect", path)
        assert result.exit_code == 1
        assert result.stderr.startswith("Error: ")
        assert len(result.stderr.splitlines()) == 1


# ---- fuzzing -------------------------------------------------------------------------


def survives(folder: Path, name: str, data: bytes) -> None:
    """Read a file: there is a description or one sentence, in bounded memory."""
    tracemalloc.start()
    try:
        said = as_line(look(folder, name, data, trust=True))
    except ScaffoldError as error:
        said = error.message
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert said
    assert len(said.splitlines()) == 1
    assert most < MEMORY


def as_line(found: Description) -> str:
    """Return the description as JSON, which it must be possible to write."""
    return json.dumps(asdict(found))


NAMES = st.sampled_from(sorted(WHOLE))


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all examples share; SavedModel is read as a folder's file."""
    return tmp_path_factory.mktemp("fuzz")


@given(name=NAMES, share=st.floats(0, 1))
@settings(max_examples=300)
def test_truncated(scratch: Path, name: str, share: float) -> None:
    data = WHOLE[name]
    survives(scratch, name, data[: int(len(data) * share)])


@pytest.mark.e2e
@given(name=NAMES, flips=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 7))))
@settings(max_examples=500)
def test_flipped_bits(scratch: Path, name: str, flips: list[tuple[float, int]]) -> None:
    data = bytearray(WHOLE[name])
    for share, bit in flips:
        data[min(int(len(data) * share), len(data) - 1)] ^= 1 << bit
    survives(scratch, name, bytes(data))


@pytest.mark.e2e
@given(name=NAMES, at=st.floats(0, 1), inserted=st.binary(max_size=40))
@settings(max_examples=300)
def test_overwritten(scratch: Path, name: str, at: float, inserted: bytes) -> None:
    data = WHOLE[name]
    start = int(len(data) * at)
    survives(scratch, name, data[:start] + inserted + data[start + len(inserted) :])


@given(name=NAMES, data=st.binary(max_size=300))
@settings(max_examples=300)
@example("small.onnx", b"\x08" + b"\xff" * 20)
def test_random_bytes(scratch: Path, name: str, data: bytes) -> None:
    # Behind the marks of each kind, so that its reader is reached.
    survives(scratch, name, WHOLE[name][:8] + data)
    survives(scratch, name, data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of everything in a JSON document."""
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    found = [place for key, one in inner for place in places(one, (*path, key))]
    return [path, *found] if path else found


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """Return a copy of a JSON document with another value at a place."""
    copy = json.loads(json.dumps(value))
    inside = copy
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = new
    return copy


@pytest.mark.e2e
@given(data=st.data(), new=JSON)
@settings(max_examples=300)
def test_lying_configurations(scratch: Path, data: st.DataObject, new: Any) -> None:
    config = made.keras_config(made.layer("ReLU", "r"), made.LAMBDA)
    place = data.draw(st.sampled_from(places(config)))
    archive = made.keras_archive(replaced(config, place, new))
    survives(scratch, "small.keras", archive)


@pytest.mark.e2e
@given(data=st.data(), new=JSON)
@settings(max_examples=300)
def test_lying_programs(scratch: Path, data: st.DataObject, new: Any) -> None:
    program = made.exported_program()
    place = data.draw(st.sampled_from(places(program)))
    survives(scratch, "small.pt2", made.exported(replaced(program, place, new)))


@given(pickle=st.binary(max_size=200), code=st.text(max_size=200))
@settings(max_examples=200)
def test_odd_torchscript(scratch: Path, pickle: bytes, code: str) -> None:
    members = {
        "m/constants.pkl": b"\x80\x02).",
        "m/bytecode.pkl": pickle,
        "m/data.pkl": b"\x80\x02c__torch__\nSmall\n" + pickle,
        "m/code/__torch__.py": made.TORCH_CODE[:60] + code,
    }
    survives(scratch, "m.pt", made.archive(members))
