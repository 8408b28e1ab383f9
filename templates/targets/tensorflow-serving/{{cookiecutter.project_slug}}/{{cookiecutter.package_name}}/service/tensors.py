"""Arrays to tensors on the wire, and back, without TensorFlow."""

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .messages import PredictRequest, Tensor

# NumPy's name: (the number that stands for the type, the field of its values).
TYPES = {
    "float32": (1, "float_val"),
    "float64": (2, "double_val"),
    "int32": (3, "int_val"),
    "uint8": (4, "int_val"),
    "int16": (5, "int_val"),
    "int8": (6, "int_val"),
    "object": (7, "string_val"),
    "int64": (9, "int64_val"),
    "bool": (10, "bool_val"),
    "bfloat16": (14, "half_val"),  # of NumPy only once TensorFlow has been imported
    "uint16": (17, "int_val"),
    "float16": (19, "half_val"),
    "uint32": (22, "uint32_val"),
    "uint64": (23, "uint64_val"),
}
_NAMES = {number: name for name, (number, _) in TYPES.items()}


def to_request(model: str, signature: str, inputs: Mapping[str, ArrayLike]) -> Any:
    """Return a predict request for a signature of a model, with inputs by name."""
    request = PredictRequest()
    request.model_spec.name = model
    request.model_spec.signature_name = signature
    for name, value in inputs.items():
        request.inputs.add(key=name, value=to_tensor(value))
    return request


def to_tensor(value: ArrayLike) -> Any:
    """Return an array, or bytes, or lists of them, or of text, as a tensor."""
    array = np.asarray(value)
    if array.dtype.kind in "US":
        array = np.asarray(value, object)
    number, field = TYPES[array.dtype.name]
    tensor = Tensor(dtype=number)
    for size in array.shape:
        tensor.tensor_shape.dim.add(size=size)
    if field == "string_val":
        strings = array.ravel().tolist()
        tensor.string_val.extend(
            one.encode() if isinstance(one, str) else one for one in strings
        )
    else:
        tensor.tensor_content = array.astype(array.dtype.newbyteorder("<")).tobytes()
    return tensor


def to_array(tensor: Any) -> NDArray[Any]:
    """Return a tensor as an array; strings as objects of type `bytes`."""
    name = _NAMES[tensor.dtype]
    shape = [dimension.size for dimension in tensor.tensor_shape.dim]
    if tensor.tensor_content:
        dtype = np.dtype(name).newbyteorder("<")
        return np.frombuffer(tensor.tensor_content, dtype).reshape(shape).astype(name)
    values = list(getattr(tensor, TYPES[name][1]))
    if TYPES[name][1] == "half_val":  # which holds the bits of each value
        array = np.array(values, "uint16").view(name)
    else:
        array = np.array(values, name)
    # A single value stands for as many as the shape holds.
    return np.repeat(array, prod(shape) if array.size == 1 else 1).reshape(shape)
