"""Values as TensorFlow Serving takes and gives them.

Among them are NaN and infinity, text and base64 for strings, and inputs of any shape:
the model decides which it can compute.
"""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...contract import TensorSpec
from .. import payloads
from ..payloads import Query, RequestError
from ..tensors import TYPES

# The data types that JSON can hold, by NumPy's names; strings are objects.
JSON_TYPES = TYPES.keys() - {"bfloat16", "float16", "uint16"}


def parse(body: bytes) -> dict[str, Any]:
    """Return the JSON object that a body begins with; raise RequestError if none."""
    try:
        text = body.decode("utf-8-sig").lstrip(" \t\r\n")
        fields, _ = _DECODER.raw_decode(text)
    except (ValueError, RecursionError) as error:
        raise RequestError(f"The body is not JSON: {error}.") from error
    if not isinstance(fields, dict):
        raise RequestError("The body must be a JSON object.")
    return fields


def read(fields: Mapping[str, Any], specs: Mapping[str, TensorSpec]) -> Query:
    """Return the inputs of a request; raise RequestError if they do not fit."""
    columns, by_row = payloads.read_columns(fields, specs)
    numbers = {name: spec for name, spec in specs.items() if spec.dtype != "object"}
    payloads.check_kinds(columns, numbers)
    inputs = {name: _tensor(name, columns[name], specs[name].dtype) for name in specs}
    return Query(inputs, by_row)


def render(outputs: Mapping[str, NDArray[Any]], by_row: bool) -> bytes:
    """Return the response's body; raise RequestError for what JSON cannot hold."""
    for name, array in outputs.items():
        _check_type(name, array.dtype.name)
    counts = {array.shape[:1] for array in outputs.values()}
    if by_row and (len(counts) > 1 or () in counts):
        raise RequestError("The outputs have no rows in common: send 'inputs'.")
    texts = {name: _texts(name, a) for name, a in outputs.items() if a.dtype == object}
    answer = payloads.arrange({**outputs, **texts}, by_row)
    floats = [array for array in outputs.values() if array.dtype.kind == "f"]
    if all(np.isfinite(array).all() for array in floats):
        return payloads.dumps(answer)
    return json.dumps(answer, default=_shortest).encode()


def _object(pairs: list[tuple[str, Any]]) -> Any:
    """Return bytes for base64, else a dictionary; of equal keys, the first counts."""
    fields = dict(reversed(pairs))
    if fields.keys() != {"b64"} or not isinstance(fields["b64"], str):
        return fields
    digits = re.sub(r"\s", "", fields["b64"]).rstrip("=")
    return base64.b64decode(digits + "=" * (-len(digits) % 4), validate=True)


def _integer(digits: str) -> int | float:
    """Return an integer if it has at most 64 bits, else a float."""
    number = int(digits)
    return number if -(2**63) <= number < 2**64 else float(digits)


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer)


def _check_type(name: str, dtype: str) -> None:
    if dtype not in JSON_TYPES:
        raise RequestError(f"JSON cannot hold {name!r}, which is {dtype}.")


def _tensor(name: str, value: object, dtype: str) -> NDArray[Any]:
    _check_type(name, dtype)
    if dtype == "object":
        return _strings(name, value)
    wanted = np.dtype(dtype)
    array = payloads.to_array(name, value, wanted)
    if wanted.kind in "iu" and array.size and not payloads.is_in_range(array, wanted):
        raise RequestError(f"{name!r} has a number outside the range of {dtype}.")
    with np.errstate(over="ignore"):  # 1e39 is infinite as a float32
        return array.astype(wanted)


def _strings(name: str, value: object) -> NDArray[Any]:
    try:
        return np.array(_to_bytes(np.array(value, object)), object)
    except (TypeError, ValueError) as error:
        raise RequestError(f"{name!r} must hold text or base64 only.") from error


def _texts(name: str, array: NDArray[Any]) -> Any:
    """Return strings as lists of text, or of base64 where the name asks for it."""
    encode = _to_base64 if name.endswith("_bytes") else _to_text
    try:
        return np.array(encode(array), object).tolist()
    except UnicodeDecodeError as error:
        reason = f"{name!r} is not UTF-8: call the output {name}_bytes for base64."
        raise RequestError(reason) from error


# Of arrays of any shape.
_to_bytes = np.frompyfunc(lambda v: v if type(v) is bytes else str.encode(v), 1, 1)
_to_base64 = np.frompyfunc(lambda v: {"b64": base64.b64encode(v).decode()}, 1, 1)
_to_text = np.frompyfunc(bytes.decode, 1, 1)


def _shortest(value: Any) -> Any:
    """Return numbers as lists, floats as the shortest text that reads back."""
    array = np.asarray(value)
    if array.dtype.kind == "f":
        array = array.astype(str).astype(float)
    return array.tolist()
