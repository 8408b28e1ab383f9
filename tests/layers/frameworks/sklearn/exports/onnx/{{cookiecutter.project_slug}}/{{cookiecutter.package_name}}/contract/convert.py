"""Convert the scikit-learn model to ONNX."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from sklearn.linear_model import LogisticRegression

from ..data import IMAGE_SHAPE, LABELS


def write_artifact(network: LogisticRegression, path: Path) -> None:
    """Write the model with one named input and output and a free batch dimension."""
    weights = network.coef_.T.astype(np.float32)
    bias = network.intercept_.astype(np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Flatten", ["image"], ["pixels"]),
            helper.make_node("Gemm", ["pixels", "weights", "bias"], ["logits"]),
            helper.make_node("Softmax", ["logits"], ["probabilities"]),
        ],
        "classifier",
        inputs=[_tensor("image", IMAGE_SHAPE)],
        outputs=[_tensor("probabilities", (len(LABELS),))],
        initializer=[
            numpy_helper.from_array(weights, "weights"),
            numpy_helper.from_array(bias, "bias"),
        ],
    )
    opset = helper.make_opsetid("", 21)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=10), path)


def _tensor(name: str, shape: tuple[int, ...]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *shape])
