"""Writes artifacts for a network that takes about ten milliseconds an example.

Run by the interpreter of a generated project, with its package's name and a folder.
"""

import dataclasses
import importlib
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

WIDTH = 1024
LAYERS = 40


def network() -> onnx.ModelProto:
    """Return one matrix of random numbers after another."""
    random = np.random.default_rng(0)
    sizes = [64, *[WIDTH] * LAYERS, 10]
    nodes = [helper.make_node("Flatten", ["image"], ["x0"])]
    weights = []
    for number, (rows, columns) in enumerate(pairwise(sizes)):
        values = random.normal(0, rows**-0.5, (rows, columns)).astype(np.float32)
        weights.append(numpy_helper.from_array(values, f"w{number}"))
        names = [f"x{number}", f"w{number}"]
        nodes.append(helper.make_node("MatMul", names, [f"x{number + 1}"]))
    last = f"x{len(sizes) - 1}"
    nodes.append(helper.make_node("Softmax", [last], ["probabilities"], axis=1))
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 8, 8])
    out = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", 10])
    graph = helper.make_graph(nodes, "slow", [image], [out], weights)
    opsets = [helper.make_opsetid("", 18)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10)


def main(package: str, folder: Path) -> None:
    """Write the network and its contract."""
    contract = importlib.import_module(f"{package}.contract")
    settings = importlib.import_module(f"{package}.settings")
    runtime = importlib.import_module(f"{package}.contract.runtime")
    artifact = folder / runtime.ARTIFACT
    onnx.save(network(), artifact)
    images = np.random.default_rng(1).random((8, 8, 8), dtype=np.float32)
    outputs = runtime.Runtime(artifact).predict({"image": images})
    golden = contract.Golden({"image": images}, outputs)
    golden.write(folder)
    # It takes and gives what the project's own network does.
    signature = contract.Signature.read(settings.ARTIFACTS)
    changed = {"artifact": artifact.name, "sha256": contract.digest(artifact)}
    dataclasses.replace(signature, **changed).write(folder)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
