"""What is read from programs of torch.export."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import model_files as made
import pytest
from reading import WHOLE, look, reasons

from dlscaffold.models.description import Tensor


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
