"""Model files made by hand, which the readers of `inspect` are given."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parent / "models"

# ---- protocol buffers ----------------------------------------------------------------


def varint(value: int) -> bytes:
    """Return a number as protocol buffers have it."""
    found = b""
    while value > 0x7F:
        found += bytes([value & 0x7F | 0x80])
        value >>= 7
    return found + bytes([value])


def field(number: int, value: int | bytes | str) -> bytes:
    """Return a field: a number, or what has a length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def message(*fields: tuple[int, int | bytes | str]) -> bytes:
    """Return the fields one after the other."""
    return b"".join(field(number, value) for number, value in fields)


def onnx_value(name: str, *sizes: int | str) -> bytes:
    """Return a float32 input or output."""
    dims = [(1, message((1 if isinstance(one, int) else 2, one))) for one in sizes]
    tensor = message((1, 1), (2, message(*dims)))
    return message((1, name), (2, message((1, tensor))))


def onnx_weight(name: str, data: bytes, *sizes: int) -> bytes:
    """Return a float32 initializer with its data inside."""
    return message(*((1, size) for size in sizes), (2, 1), (8, name), (9, data))


def onnx_node(kind: str, *attributes: tuple[int, bytes]) -> bytes:
    """Return a node with attributes by the number of the field that they are in."""
    return message((4, kind), *((5, message(one)) for one in attributes))


def outside_weight(location: str, offset: int = 0, length: int = 16) -> bytes:
    """Return an initializer of four numbers whose data is in another file."""
    said = {"location": location, "offset": str(offset), "length": str(length)}
    entries = [(13, message((1, key), (2, value))) for key, value in said.items()]
    return message((1, 4), (2, 1), (8, "w"), *entries, (14, 1))


def onnx_model(
    *weights: bytes,
    nodes: tuple[bytes, ...] = (),
    outputs: tuple[bytes, ...] = (),
    width: int = 4,
    opsets: tuple[tuple[str, int], ...] = (("", 20),),
) -> bytes:
    """Return a model with one input and one output, and those outputs more."""
    node = message((1, "x"), (2, "y"), (4, "MatMul"))
    graph = message(
        *((1, one) for one in (node, *nodes)),
        (2, "graph"),
        *((5, weight) for weight in weights),
        (11, onnx_value("x", "batch", width)),
        *((12, one) for one in (onnx_value("y", "batch", 1), *outputs)),
    )
    sets = ((8, message((1, name), (2, number))) for name, number in opsets)
    return message((1, 10), (2, "by hand"), (3, "1"), (7, graph), *sets)


def graph_node(name: str, kind: str, *inputs: str, calls: str = "") -> bytes:
    """Return a node of a TensorFlow graph, which may call a function."""
    attribute = message((1, "f"), (2, message((10, message((1, calls))))))
    takes = [(3, one) for one in inputs]
    return message((1, name), (2, kind), *takes, *([(5, attribute)] if calls else []))


def saved_model(served: str, nodes: list[bytes], functions: dict[str, bytes]) -> bytes:
    """Return a SavedModel whose signature is served by a node of a graph."""
    library = [
        (1, message((1, message((1, name))), (3, node)))
        for name, node in functions.items()
    ]
    graph = message(*((1, node) for node in nodes), (2, message(*library)))
    size = message((2, message((1, (1 << 64) - 1))))
    x = message((1, "x"), (2, message((1, "x:0"), (2, 1), (3, size))))
    y = message((1, "y"), (2, message((1, f"{served}:0"), (2, 1), (3, size))))
    signature = message((1, "serving_default"), (2, message((1, x), (2, y))))
    return field(2, message((2, graph), (5, signature)))


# ---- archives ------------------------------------------------------------------------


def archive(members: Mapping[str, bytes | str], deflated: bool = False) -> bytes:
    """Return an archive with these members."""
    data = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED
    with zipfile.ZipFile(data, "w", method) as opened:
        for name, content in members.items():
            # A date of its own, so that the same members are the same bytes.
            opened.writestr(zipfile.ZipInfo(name), content, method)
    return data.getvalue()


def layer(kind: str, name: str, **config: Any) -> dict[str, Any]:
    """Return a Keras layer's configuration."""
    own = {"name": name, **config}
    return {"module": "keras.layers", "class_name": kind, "config": own}


def keras_config(*layers: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration of a sequential Keras model."""
    first = layer("InputLayer", "image", batch_shape=[None, 8, 8], dtype="float32")
    last = layer("Dense", "score", units=2, dtype="mixed_float16")
    last["build_config"] = {"input_shape": [None, 8, 8]}
    found = {"name": "small", "layers": [first, *layers, last]}
    return {"module": "keras", "class_name": "Sequential", "config": found}


def functional(inputs: Any, outputs: Any, *layers: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration of a functional Keras model."""
    config = {"input_layers": inputs, "output_layers": outputs, "layers": [*layers]}
    return {"module": "keras", "class_name": "Functional", "config": config}


def keras_archive(config: Any) -> bytes:
    """Return a `.keras` file."""
    said = json.dumps({"keras_version": "3.15.1"})
    return archive({"metadata.json": said, "config.json": json.dumps(config)}, True)


LAMBDA = layer("Lambda", "double", function={"class_name": "__lambda__", "config": {}})

TORCH_CODE = """class Small(Module):
  __parameters__ = ["weight", ]
  weight : Tensor
  def forward(self: __torch__.Small,
    image: Tensor,
    mask: Tensor) -> Tuple[Tensor, Tuple[Tensor, Tensor]]:
    return (torch.linear(image, self.weight), (image, image))
"""


def torchscript_pickle(*storages: tuple[str, int]) -> bytes:
    """Return a module's pickle that refers to storages by key and size."""
    found = b"\x80\x02c__torch__\nSmall\nq\x00)\x81("
    for key, elements in storages:
        found += b"(X\x07\0\0\0storagectorch\nFloatStorage\n"
        found += b"X" + len(key).to_bytes(4, "little") + key.encode()
        found += b"X\x03\0\0\0cpuJ" + elements.to_bytes(4, "little") + b"tQ"
    return found + b"tb."


def torchscript(lite: bool = False, code: str = TORCH_CODE) -> bytes:
    """Return a TorchScript archive of two weights, one of them used twice."""
    members: dict[str, bytes | str] = {
        "small/data.pkl": torchscript_pickle(("0", 12), ("1", 3), ("0", 12)),
        "small/code/__torch__.py": code,
        "small/constants.pkl": b"\x80\x02).",
    }
    if lite:
        members["small/bytecode.pkl"] = b"\x80\x02(K\x08)t."
    return archive(members)


def exported_program() -> dict[str, Any]:
    """Return a program as `torch.export` serializes it."""
    free = {"as_expr": {"expr_str": "Symbol('s0', positive=True)"}}
    tensors = {
        "p_w": {"dtype": 7, "sizes": [{"as_int": 3}, {"as_int": 4}]},
        "x": {"dtype": 5, "sizes": [free, {"as_int": 4}]},
        "y": {"dtype": 7, "sizes": [free, {"as_int": 3}]},
    }
    inputs = [
        {"parameter": {"arg": {"name": "p_w"}, "parameter_name": "w"}},
        {"user_input": {"arg": {"as_tensor": {"name": "x"}}}},
        {"constant_input": {"name": "times", "value": {"as_int": 2}}},
    ]
    outputs = [{"user_output": {"arg": {"as_tensor": {"name": "y"}}}}]
    nodes = [{"target": "torch.ops.aten.linear.default"}]
    return {
        "graph_module": {
            "graph": {"tensor_values": tensors, "nodes": nodes},
            "signature": {"input_specs": inputs, "output_specs": outputs},
        },
        "range_constraints": {"s0": {"min_val": 0, "max_val": None}},
        "torch_version": "2.13.0",
    }


def exported(program: Any) -> bytes:
    """Return a `.pt2` file."""
    return archive({"small/models/model.json": json.dumps(program)})


def whole_files() -> dict[str, bytes]:
    """Return one readable file of each kind, by name."""
    return {
        "small.onnx": onnx_model(onnx_weight("w", bytes(16), 4, 1)),
        "ranker.onnx": (FIXTURES / "ranker.onnx").read_bytes(),
        "ranker.tflite": (FIXTURES / "ranker.tflite").read_bytes(),
        "small.pte": (FIXTURES / "small.pte").read_bytes(),
        "saved_model.pb": (FIXTURES / "greeter" / "saved_model.pb").read_bytes(),
        "small.keras": keras_archive(keras_config()),
        "small.pt": torchscript(),
        "small.ptl": torchscript(lite=True),
        "small.pt2": exported(exported_program()),
    }
