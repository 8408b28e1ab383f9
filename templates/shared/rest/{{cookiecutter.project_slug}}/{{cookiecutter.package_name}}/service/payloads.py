"""TensorFlow Serving's REST API, https://www.tensorflow.org/tfx/serving/api_rest.

What any server of this protocol shares: how requests name their inputs, which numbers
fit a data type, and what responses look like.
"""

import functools
import operator
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from ..contract import TensorSpec

SIGNATURE_NAME = "serving_default"
# The kinds of number (NumPy's codes) that JSON may hold for each kind of tensor.
ACCEPTED_KINDS = {"f": "fiu", "i": "iu", "u": "iu", "b": "b"}
FEW = 10_000  # numbers; for more, NumPy's BLAS would use threads of its own
as_python = operator.methodcaller("tolist")  # for arrays and numbers alike


class RequestError(Exception):
    """The request cannot be answered; the message tells the client why."""

    def __init__(self, message: str, status: int = 400) -> None:
        """Keep the message and the HTTP status of the response."""
        super().__init__(message)
        self.status = status


class Query(NamedTuple):
    """One predict request: the inputs, and whether they came in row format."""

    inputs: dict[str, NDArray[Any]]
    by_row: bool


def read_columns(
    fields: Mapping[str, Any], specs: Mapping[str, TensorSpec]
) -> tuple[dict[str, Any], bool]:
    """Return a nested list for each input, and whether they came in row format."""
    by_row = "instances" in fields
    if by_row == ("inputs" in fields):
        raise RequestError("Send either 'instances' (rows) or 'inputs' (columns).")
    read, key = (_rows, "instances") if by_row else (_columns, "inputs")
    return read(fields[key], specs), by_row


def _columns(value: object, specs: Mapping[str, TensorSpec]) -> dict[str, Any]:
    """Return one nested list for each input, from the columnar format."""
    if not isinstance(value, dict):
        return {_only_name(specs): value}
    if missing := specs.keys() - value.keys():
        raise RequestError(f"The input {min(missing)!r} is missing.")
    return value


def _rows(value: object, specs: Mapping[str, TensorSpec]) -> dict[str, Any]:
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


def check_kinds(columns: Mapping[str, Any], specs: Mapping[str, TensorSpec]) -> None:
    """Raise RequestError for text, and for booleans where numbers are required."""
    # NumPy would take true for 1, and give every element the longest text's size.
    for name, spec in specs.items():
        refused = str if spec.dtype == "bool" else (bool, str)
        if _holds(refused, columns[name]):
            raise RequestError(f"{name!r} must hold {spec.dtype} values only.")


def _holds(kinds: type | tuple[type, ...], column: object) -> bool:
    left = [column]  # no recursion, as lists can be nested a thousand levels deep
    while left and not isinstance(value := left.pop(), kinds):
        left.extend(value if isinstance(value, list) else [])
    return isinstance(value, kinds)


def to_array(name: str, value: object, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return a nested list as an array that may still be of another size of number."""
    try:
        array = np.array(value)
    except ValueError as error:
        raise RequestError(f"The lists in {name!r} differ in length.") from error
    if array.size and array.dtype.kind not in ACCEPTED_KINDS[dtype.kind]:
        raise RequestError(f"{name!r} must hold {dtype} values only.")
    return array


def is_in_range(array: NDArray[Any], dtype: np.dtype[Any]) -> bool:
    """Return whether a data type can hold every number of an array."""
    least, largest = limits(dtype)
    # A number above 1 is at most the sum of squares: one pass, nearly always enough.
    few_floats = array.dtype.kind == "f" and array.size <= FEW
    if few_floats and np.vdot(array, array) <= largest:
        return True
    return bool(array.min() >= least and array.max() <= largest)


@functools.cache
def limits(dtype: np.dtype[Any]) -> tuple[Any, Any]:
    """Return the least and the largest finite number of a data type."""
    if dtype.kind != "f":
        return int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    most = np.finfo(dtype).max
    largest = max(float(most), float(str(most)))  # its shortest text may exceed it
    return -largest, largest


def arrange(outputs: Mapping[str, Any], by_row: bool) -> dict[str, object]:
    """Return what a response's body holds; a single output loses its name."""
    answer: object = outputs
    if len(outputs) == 1:
        (answer,) = outputs.values()
    elif by_row:
        rows = zip(*outputs.values(), strict=True)
        answer = [dict(zip(outputs, row, strict=True)) for row in rows]
    return {"predictions" if by_row else "outputs": answer}


def version_status(
    version: str, state: str = "AVAILABLE", code: str = "OK", message: str = ""
) -> dict[str, Any]:
    """Return the status of one version, with the error that keeps it from serving."""
    error = {"error_code": code, "error_message": message}
    return {"version": version, "state": state, "status": error}


def model_metadata(name: str, version: str, signatures: object) -> dict[str, Any]:
    """Return the metadata of a version of a model, from its signatures by name."""
    model = {"name": name, "version": version, "signature_name": ""}
    definitions = {"signature_def": signatures}
    return {"model_spec": model, "metadata": {"signature_def": definitions}}


def error(message: str) -> bytes:
    """Return the body of an error response."""
    return dumps({"error": message})


def dumps(value: object) -> bytes:
    """Return JSON in UTF-8, with arrays as lists."""
    # orjson passes some of NumPy's types to the default: arrays without dimensions or
    # with strides, and numbers of C's types, such as numpy.longlong.
    return orjson.dumps(value, as_python, orjson.OPT_SERIALIZE_NUMPY)
