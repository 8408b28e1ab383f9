"""Arrays to tensors on the wire, and back, without TensorFlow."""

from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .messages import Tensor

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


def to_tensor(value: ArrayLike) -> Any:
    """Return an array, or bytes, or lists of them, or of text, as a tensor."""
    array = np.asarray(value)
    if array.dtype.kind == "U":
        array = np.char.encode(array, "utf-8").astype(object)
    elif array.dtype.kind == "S":
        array = np.asarray(value, object)
    number, field = TYPES[array.dtype.name]
    tensor = Tensor(dtype=number)
    for size in array.shape:
        tensor.tensor_shape.dim.add(size=size)
    if field == "string_val":
        tensor.string_val.extend(array.ravel().tolist())
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
    field = TYPES[name][1]
    if field == "half_val":  # which holds the bits of each value
        values = np.array(list(tensor.half_val), "uint16").view(name)
    else:
        values = np.array(list(getattr(tensor, field)), name)
    if values.size == 1:  # a single value stands for as many as the shape holds
        values = np.repeat(values, prod(shape))
    return values.reshape(shape)
