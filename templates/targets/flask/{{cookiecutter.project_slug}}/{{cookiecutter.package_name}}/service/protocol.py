"""TensorFlow Serving's REST API, read strictly: what `payloads` leaves to the server.

Shapes must be those of the signature, and numbers must be finite.
"""

import functools
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from ..contract import NONE, Signature, Tensors, TensorSpec
from .payloads import (
    SIGNATURE_NAME,
    Query,
    RequestError,
    arrange,
    check_kinds,
    dumps,
    is_in_range,
    model_metadata,
    read_columns,
    to_array,
    version_status,
)

VERSION = "1"
# The protocol's names for data types; the others are DT_ and NumPy's name.
DATA_TYPES = {"float16": "DT_HALF", "float32": "DT_FLOAT", "float64": "DT_DOUBLE"}
TEXT_VALUE = re.compile(rb'"\s*[],}]')  # a key would be followed by a colon
dtype_of = functools.cache(np.dtype)


def parse(body: bytes, signature: Signature) -> Query:
    """Return the inputs of a request; raise RequestError if they do not fit."""
    specs = signature.inputs
    try:
        fields = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise RequestError(f"The body is not JSON: {error}.") from error
    if not isinstance(fields, dict):
        raise RequestError("The body must be a JSON object.")
    if fields.get("signature_name", SIGNATURE_NAME) != SIGNATURE_NAME:
        raise RequestError(f"The only signature_name is {SIGNATURE_NAME!r}.")
    columns, by_row = read_columns(fields, specs)
    if by_row and signature.batch == NONE:
        raise RequestError("The model has no batch dimension: send 'inputs'.")
    if b"true" in body or b"false" in body or TEXT_VALUE.search(body):
        check_kinds(columns, specs)
    inputs = {name: _tensor(name, columns[name], spec) for name, spec in specs.items()}
    if signature.batch != NONE and len(set(map(len, inputs.values()))) != 1:
        raise RequestError("Every input needs the same number of examples.")
    return Query(inputs, by_row)


def render(outputs: Tensors, by_row: bool) -> bytes:
    """Return the response's body, in the format in which the request came."""
    body = dumps(arrange(outputs, by_row))
    # orjson writes NaN and infinity as null, which an output's name can contain too.
    if b"null" in body and not _are_finite(outputs):
        raise RequestError("The model has no finite answer for these inputs.")
    return body


def status() -> dict[str, Any]:
    """Return the model's status: its one version is available once it is loaded."""
    return {"model_version_status": [version_status(VERSION)]}


def metadata(signature: Signature) -> dict[str, Any]:
    """Return the names, types and shapes of the inputs and outputs."""
    definition = {
        "inputs": _describe(signature.inputs),
        "outputs": _describe(signature.outputs),
        "method_name": "tensorflow/serving/predict",
        "defaults": {},
    }
    return model_metadata(signature.name, VERSION, {SIGNATURE_NAME: definition})


def _tensor(name: str, value: object, spec: TensorSpec) -> NDArray[Any]:
    """Return a nested list as an array of the data type and shape of the signature."""
    dtype = dtype_of(spec.dtype)
    array = to_array(name, value, dtype)
    if not _fits(array.shape, spec.shape):
        shape = "x".join("n" if size is None else str(size) for size in spec.shape)
        wanted = f"of shape {shape}, with n at least 1" if shape else "a single value"
        raise RequestError(f"{name!r} must be {wanted}.")
    if array.dtype.kind != "b" and not is_in_range(array, dtype):
        raise RequestError(f"{name!r} has a number outside the range of {dtype}.")
    return array.astype(dtype)


@functools.lru_cache
def _fits(shape: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    return len(shape) == len(wanted) and all(
        size >= 1 and want in (None, size)
        for size, want in zip(shape, wanted, strict=True)
    )


def _are_finite(outputs: Tensors) -> bool:
    return all(np.isfinite(tensor).all() for tensor in outputs.values())


def _describe(specs: Mapping[str, TensorSpec]) -> dict[str, Any]:
    described = {}
    for name, spec in specs.items():
        sizes = ["-1" if size is None else str(size) for size in spec.shape]
        dimensions = [{"size": size, "name": ""} for size in sizes]
        described[name] = {
            "name": name,
            "dtype": DATA_TYPES.get(spec.dtype, f"DT_{spec.dtype.upper()}"),
            "tensor_shape": {"dim": dimensions, "unknown_rank": False},
        }
    return described
