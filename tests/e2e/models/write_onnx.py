"""Write ONNX graphs by hand, whose signatures are what few models' are.

python write_onnx.py FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

import onnx
from onnx import TensorProto, helper


def tensor(name: str, dtype: int, *shape: int | str) -> onnx.ValueInfoProto:
    """Return an input or an output."""
    return helper.make_tensor_value_info(name, dtype, shape)


def save(
    path: Path,
    nodes: list[onnx.NodeProto],
    inputs: list[onnx.ValueInfoProto],
    outputs: list[onnx.ValueInfoProto],
) -> None:
    """Check and write a graph."""
    graph = helper.make_graph(nodes, path.stem, inputs, outputs)
    opsets = [helper.make_opsetid("", 18)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def write(folder: Path) -> None:
    """Write every graph."""
    node = helper.make_node
    # A choice for each row, by a boolean; numbers of several types.
    save(
        folder / "rows.onnx",
        [
            node("Cast", ["count"], ["number"], to=TensorProto.FLOAT),
            node("Where", ["wanted", "number", "weight"], ["chosen"]),
            node("Greater", ["chosen", "weight"], ["more"]),
        ],
        [
            tensor("wanted", TensorProto.BOOL, "n", 3),
            tensor("count", TensorProto.INT64, "n", 3),
            tensor("weight", TensorProto.FLOAT, "n", 3),
        ],
        [
            tensor("chosen", TensorProto.FLOAT, "n", 3),
            tensor("more", TensorProto.BOOL, "n", 3),
        ],
    )
    # A whole number and some chances for each row, as scikit-learn's classifiers give.
    save(
        folder / "labels.onnx",
        [
            node("ArgMax", ["scores"], ["label"], axis=1, keepdims=0),
            node("Softmax", ["scores"], ["chances"], axis=1),
        ],
        [tensor("scores", TensorProto.FLOAT, "n", 3)],
        [
            tensor("label", TensorProto.INT64, "n"),
            tensor("chances", TensorProto.FLOAT, "n", 3),
        ],
    )
    # A single number beside a vector: there is no batch.
    save(
        folder / "scalar.onnx",
        [
            node("Mul", ["values", "factor"], ["scaled"]),
            node("ReduceSum", ["scaled"], ["total"], keepdims=0),
        ],
        [tensor("values", TensorProto.FLOAT, "n"), tensor("factor", TensorProto.FLOAT)],
        [tensor("scaled", TensorProto.FLOAT, "n"), tensor("total", TensorProto.FLOAT)],
    )
    # Exactly two examples at a time, of rank 5.
    save(
        folder / "fixed.onnx",
        [node("Relu", ["volume"], ["positive"])],
        [tensor("volume", TensorProto.FLOAT, 2, 1, 2, 3, 2)],
        [tensor("positive", TensorProto.FLOAT, 2, 1, 2, 3, 2)],
    )
    # The mean of each column of each channel of an image.
    save(
        folder / "picture.onnx",
        [
            node("Constant", [], ["rows"], value_ints=[2]),
            node("ReduceMean", ["image", "rows"], ["columns"], keepdims=0),
        ],
        [tensor("image", TensorProto.FLOAT, "n", 3, 8, 10)],
        [tensor("columns", TensorProto.FLOAT, "n", 3, 10)],
    )
    # The first dimension is free, but its rows are not independent of each other.
    save(
        folder / "attention.onnx",
        [
            node("Transpose", ["words"], ["turned"]),
            node("MatMul", ["words", "turned"], ["likeness"]),
            node("Softmax", ["likeness"], ["weights"], axis=-1),
            node("MatMul", ["weights", "words"], ["mixed"]),
        ],
        [tensor("words", TensorProto.FLOAT, "length", 4)],
        [tensor("mixed", TensorProto.FLOAT, "length", 4)],
    )
    write_dimensions(folder)
    # Never the same answer.
    save(
        folder / "random.onnx",
        [
            node("RandomNormalLike", ["values"], ["noise"]),
            node("Add", ["values", "noise"], ["noisy"]),
        ],
        [tensor("values", TensorProto.FLOAT, "n", 3)],
        [tensor("noisy", TensorProto.FLOAT, "n", 3)],
    )


def write_dimensions(folder: Path) -> None:
    """Write graphs whose free dimensions depend on each other."""
    node = helper.make_node
    # The batch is the second dimension of one input, and the first of another.
    save(
        folder / "crossed.onnx",
        [
            node("Constant", [], ["last"], value_ints=[2]),
            node("Transpose", ["mask"], ["turned"], perm=[1, 0]),
            node("Unsqueeze", ["turned", "last"], ["weights"]),
            node("Mul", ["steps", "weights"], ["weighted"]),
        ],
        [
            tensor("steps", TensorProto.FLOAT, "length", "batch", 4),
            tensor("mask", TensorProto.FLOAT, "batch", "length"),
        ],
        [tensor("weighted", TensorProto.FLOAT, "length", "batch", 4)],
    )
    # A square, under a name that is escaped on the page.
    save(
        folder / "square.onnx",
        [node("MatMul", ['its "own" name\'s'] * 2, ["squared"])],
        [tensor('its "own" name\'s', TensorProto.FLOAT, "n", "n")],
        [tensor("squared", TensorProto.FLOAT, "n", "n")],
    )
    # One input has a batch, the other is a matrix for all of it.
    save(
        folder / "matrix.onnx",
        [node("MatMul", ["rows", "matrix"], ["product"])],
        [
            tensor("rows", TensorProto.FLOAT, "n", 3),
            tensor("matrix", TensorProto.FLOAT, 3, 2),
        ],
        [tensor("product", TensorProto.FLOAT, "n", 2)],
    )


if __name__ == "__main__":
    write(Path(sys.argv[1]))
