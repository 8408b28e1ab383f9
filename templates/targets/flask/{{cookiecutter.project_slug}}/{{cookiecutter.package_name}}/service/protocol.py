"""TensorFlow Serving's REST predict format: JSON to arrays, and arrays to JSON.

https://www.tensorflow.org/tfx/serving/api_rest. Where the original is lax, this is
strict: shapes must be those of the signature, and numbers must be finite.
"""

import functools
import operator
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from ..contract import NONE, Signature, Tensors, TensorSpec

VERSION = "1"
SIGNATURE_NAME = "serving_default"

# The kinds of number (numpy's codes) that JSON may hold for each kind of tensor.
ACCEPTED_KINDS = {"f": "fiu", "i": "iu", "u": "iu", "b": "b"}

# The names that the protocol has for data types; the rest are DT_ and the name.
DATA_TYPES = {"float16": "DT_HALF", "float32": "DT_FLOAT", "float64": "DT_DOUBLE"}

FEW = 10_000  # numbers; for more, NumPy's BLAS would use threads of its own

# Text that is a value: a colon would follow a key.
TEXT_VALUE = re.compile(rb'"\s*[],}]')

as_python = operator.methodcaller("tolist")  # for arrays and numbers alike
dtype_of = functools.cache(np.dtype)


class RequestError(Exception):
    """The client is at fault; the message says what to send instead."""

    def __init__(self, message: str, status: int = 400) -> None:
        """Keep the sentence for the client, and the HTTP status."""
        super().__init__(message)
        self.status = status


class Query(NamedTuple):
    """One predict request: the inputs, and whether they came row by row."""

    inputs: dict[str, NDArray[Any]]
    by_row: bool


def parse(body: bytes, signature: Signature) -> Query:
    """Return the inputs in a request's body; raise RequestError if they do not fit."""
    specs = signature.inputs
    try:
        fields = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise RequestError(f"The body is not JSON: {error}.") from error
    if not isinstance(fields, dict):
        raise RequestError("The body must be a JSON object.")
    if fields.get("signature_name", SIGNATURE_NAME) != SIGNATURE_NAME:
        raise RequestError(f"The only signature_name is {SIGNATURE_NAME!r}.")
    by_row = "instances" in fields
    if by_row == ("inputs" in fields):
        raise RequestError("Send either 'instances' (rows) or 'inputs' (columns).")
    if by_row and signature.batch == NONE:
        raise RequestError("The model has no batch dimension: send 'inputs'.")
    columns = (
        _rows(fields["instances"], specs)
        if by_row
        else _columns(fields["inputs"], specs)
    )
    if b"true" in body or b"false" in body or TEXT_VALUE.search(body):
        _refuse_what_is_no_number(columns, specs)
    inputs = {name: _tensor(name, columns[name], spec) for name, spec in specs.items()}
    if signature.batch != NONE and len(set(map(len, inputs.values()))) != 1:
        raise RequestError("Every input needs the same number of examples.")
    return Query(inputs, by_row)


def render(outputs: Tensors, by_row: bool) -> bytes:
    """Return the body of the answer, in the format in which the question came."""
    answer: object = outputs
    if len(outputs) == 1:
        (answer,) = outputs.values()
    elif by_row:
        rows = zip(*outputs.values(), strict=True)
        answer = [dict(zip(outputs, row, strict=True)) for row in rows]
    body = dumps({"predictions" if by_row else "outputs": answer})
    # JSON has nothing but null for NaN and infinity; an output's name can hold it too.
    if b"null" in body and not _are_finite(outputs):
        raise RequestError("The model has no finite answer for these inputs.")
    return body


def status() -> dict[str, Any]:
    """Return the model's status; there is none but available, once it is loaded."""
    ok = {"error_code": "OK", "error_message": ""}
    version = {"version": VERSION, "state": "AVAILABLE", "status": ok}
    return {"model_version_status": [version]}


def metadata(signature: Signature) -> dict[str, Any]:
    """Return the names, types and shapes of the inputs and outputs."""
    definition = {
        "inputs": _describe(signature.inputs),
        "outputs": _describe(signature.outputs),
        "method_name": "tensorflow/serving/predict",
        "defaults": {},
    }
    model = {"name": signature.name, "version": VERSION, "signature_name": ""}
    definitions = {"signature_def": {SIGNATURE_NAME: definition}}
    return {"model_spec": model, "metadata": {"signature_def": definitions}}


def error(message: str) -> bytes:
    """Return the body of an answer that refuses."""
    return dumps({"error": message})


def dumps(value: object) -> bytes:
    """Return JSON in UTF-8; arrays become lists."""
    # orjson leaves some of numpy to the default: arrays without dimensions, those with
    # strides, and numbers of C's types, such as numpy.longlong.
    return orjson.dumps(value, as_python, orjson.OPT_SERIALIZE_NUMPY)


def _columns(value: object, specs: Mapping[str, TensorSpec]) -> dict[str, Any]:
    """Return one nested list for each input, from the columnar format."""
    if not isinstance(value, dict):
        return {_only_name(specs): value}
    if missing := specs.keys() - value.keys():
        raise RequestError(f"The input {min(missing)!r} is missing.")
    return value


def _rows(value: object, specs: Mapping[str, TensorSpec]) -> dict[str, Any]:
    """Return one nested list for each input, from the row format."""
    if not isinstance(value, list) or not value:
        raise RequestError("'instances' must be a list of at least one example.")
    if not isinstance(value[0], dict):
        return {_only_name(specs): value}
    for row in value:
        if not isinstance(row, dict) or row.keys() != specs.keys():
            raise RequestError(f"Each instance must name the inputs {sorted(specs)}.")
    return {name: [row[name] for row in value] for name in specs}


def _only_name(specs: Mapping[str, TensorSpec]) -> str:
    if len(specs) != 1:
        raise RequestError(f"Name the inputs: {sorted(specs)}.")
    return next(iter(specs))


def _tensor(name: str, value: object, spec: TensorSpec) -> NDArray[Any]:
    """Return a nested list as an array of the data type and shape that is asked for."""
    try:
        array = np.array(value)
    except ValueError as error:
        raise RequestError(f"The lists in {name!r} differ in length.") from error
    dtype = dtype_of(spec.dtype)
    if array.dtype.kind not in ACCEPTED_KINDS[dtype.kind]:
        raise RequestError(f"{name!r} must hold {spec.dtype} values only.")
    if not _fits(array.shape, spec.shape):
        shape = "x".join("n" if size is None else str(size) for size in spec.shape)
        wanted = f"of shape {shape}, with n at least 1" if shape else "a single value"
        raise RequestError(f"{name!r} must be {wanted}.")
    if array.dtype.kind != "b" and not _is_in_range(array, dtype):
        raise RequestError(f"{name!r} holds a number that {spec.dtype} cannot.")
    return array.astype(dtype)


def _is_in_range(array: NDArray[Any], dtype: np.dtype[Any]) -> bool:
    least, largest = limits(dtype)
    # A number is at most the sum of all squares, unless it is less than 1: one pass,
    # which is enough for nearly all requests.
    few_floats = array.dtype.kind == "f" and array.size <= FEW
    if few_floats and np.vdot(array, array) <= largest:
        return True
    return bool(array.min() >= least and array.max() <= largest)


@functools.cache
def limits(dtype: np.dtype[Any]) -> tuple[Any, Any]:
    """Return the least and the largest finite number of a data type."""
    if dtype.kind == "f":
        most = np.finfo(dtype).max
        # Answers have the shortest text of it, which can be a little more.
        largest = max(float(most), float(str(most)))
        return -largest, largest
    return int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)


def _are_finite(outputs: Tensors) -> bool:
    return all(np.isfinite(tensor).all() for tensor in outputs.values())


@functools.lru_cache
def _fits(shape: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    return len(shape) == len(wanted) and all(
        size >= 1 and want in (None, size)
        for size, want in zip(shape, wanted, strict=True)
    )


def _refuse_what_is_no_number(
    columns: Mapping[str, Any], specs: Mapping[str, TensorSpec]
) -> None:
    """Raise RequestError for text, and for booleans if numbers are asked for.

    Among numbers, numpy would take booleans for 1 and 0, and make every element of an
    array as long as the longest text in it.
    """
    for name, spec in specs.items():
        refused = str if spec.dtype == "bool" else (bool, str)
        if _holds(refused, columns[name]):
            raise RequestError(f"{name!r} must hold {spec.dtype} values only.")


def _holds(kinds: type | tuple[type, ...], column: object) -> bool:
    left = [column]
    while left:  # not by recursion, as lists may be nested a thousand deep
        value = left.pop()
        if isinstance(value, list):
            left.extend(value)
        elif isinstance(value, kinds):
            return True
    return False


def _describe(specs: Mapping[str, TensorSpec]) -> dict[str, Any]:
    return {name: _info(name, spec) for name, spec in specs.items()}


def _info(name: str, spec: TensorSpec) -> dict[str, Any]:
    sizes = ["-1" if size is None else str(size) for size in spec.shape]
    return {
        "name": name,
        "dtype": DATA_TYPES.get(spec.dtype, f"DT_{spec.dtype.upper()}"),
        "tensor_shape": {
            "dim": [{"size": size, "name": ""} for size in sizes],
            "unknown_rank": False,
        },
    }
