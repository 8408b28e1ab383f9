"""Convert the scikit-learn model to ONNX."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .network import Network


def write_artifact(network: Network, path: Path) -> None:
    """Write the model with one named input and output and a free batch dimension."""
    (name,) = network.inputs
    model = network.module
    weights = model.coef_.T.astype(np.float32)
    bias = model.intercept_.astype(np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Flatten", [name], ["pixels"]),
            helper.make_node("Gemm", ["pixels", "weights", "bias"], ["logits"]),
            helper.make_node("Softmax", ["logits"], ["probabilities"]),
        ],
        "classifier",
        inputs=[_tensor(name, network.inputs[name].shape)],
        outputs=[_tensor("probabilities", (None, len(bias)))],
        initializer=[
            numpy_helper.from_array(weights, "weights"),
            numpy_helper.from_array(bias, "bias"),
        ],
    )
    opset = helper.make_opsetid("", 21)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=10), path)


def _tensor(name: str, shape: tuple[int | None, ...]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *shape[1:]])
