"""Print whether ONNX Runtime loads a model of each of some versions.

Takes `[[IR version, {"domain": opset}], ...]` on standard input, prints a list.
"""

from __future__ import annotations

import json
import sys

import onnxruntime
from onnx import TensorProto, helper
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidGraph


def loads(ir_version: int, opsets: dict[str, int]) -> bool:
    """Return whether ONNX Runtime loads a model that names these versions."""
    x, y = (helper.make_tensor_value_info(n, TensorProto.FLOAT, [1]) for n in "xy")
    node = helper.make_node("Identity", ["x"], ["y"])
    graph = helper.make_graph([node], "graph", [x], [y])
    sets = [helper.make_opsetid(*one) for one in opsets.items()]
    model = helper.make_model(graph, opset_imports=sets, ir_version=ir_version)
    try:
        onnxruntime.InferenceSession(model.SerializeToString())
    except (Fail, InvalidGraph):
        return False
    return True


if __name__ == "__main__":
    json.dump([loads(*one) for one in json.load(sys.stdin)], sys.stdout)
