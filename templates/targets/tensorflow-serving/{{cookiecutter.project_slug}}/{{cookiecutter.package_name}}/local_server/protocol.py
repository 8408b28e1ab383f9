"""TensorFlow Serving's JSON: request bodies to arrays, arrays to response bodies.

The messages are worded as TensorFlow Serving words them, so that what a caller learns
here holds in production too.
"""

import base64
import binascii
import codecs
import json
import math
import re
from collections.abc import Mapping
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]


class RequestError(Exception):
    """A request that cannot be answered: the HTTP status and the reason."""

    def __init__(self, message: str, status: int = 400) -> None:
        """Remember both; 400 unless said otherwise."""
        super().__init__(message)
        self.status = status


class Base64(str):
    """The text of `{"b64": "..."}`, which stands for bytes wherever a value may."""

    __slots__ = ()


# The JSON types that each data type takes; a data type that is missing here has no
# JSON form. `bool` is not an `int` here.
ACCEPTED: dict[str, set[type]] = {
    "float32": {int, float},
    "float64": {int, float},
    "int8": {int},
    "int16": {int},
    "int32": {int},
    "int64": {int},
    "uint8": {int},
    "uint32": {int},
    "uint64": {int},
    "bool": {bool},
    "string": {str, Base64},
}
DTYPE_NAMES = {"float32": "float", "float64": "double", "float16": "half"}


def parse(body: bytes) -> dict[str, Any]:
    """Return the JSON object that a body begins with; what follows it is ignored.

    Bytes that are not UTF-8 pass through strings unharmed, as they do in production.
    """
    text = body.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")
    text = text.lstrip(" \t\r\n")
    if not text:
        raise RequestError("JSON Parse error: The document is empty")
    try:
        document = _decode(text)
    except json.JSONDecodeError as error:
        reason = f"{error.msg}. at offset: {error.pos}"
        raise RequestError(f"JSON Parse error: {reason}") from error
    except (ValueError, RecursionError) as error:
        raise RequestError(f"JSON Parse error: {error}") from error
    if not isinstance(document, dict):
        raise RequestError(f"JSON Value: {quote(document)} Is not object")
    return document


def _decode(text: str) -> Any:
    try:
        return _DECODER.raw_decode(text)[0]
    except json.JSONDecodeError:
        longer = _SHORT_FORMS.sub(_lengthen, text)
        if longer == text:
            raise
        return _DECODER.raw_decode(longer)[0]


# Python's json knows NaN, Infinity and -Infinity, TensorFlow Serving two more.
_SHORT_FORMS = re.compile(r'"(?:[^"\\]|\\.)*"|-NaN\b|\bInf\b')


def _lengthen(match: re.Match[str]) -> str:
    return {"-NaN": "NaN", "Inf": "Infinity"}.get(match[0], match[0])


def _finite(number: str) -> float:
    value = float(number)
    if math.isinf(value):
        raise ValueError("Number too big to be stored in double.")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | Base64:
    if len(pairs) == 1 and pairs[0][0] == "b64" and type(pairs[0][1]) is str:
        return Base64(pairs[0][1])
    members = dict(pairs)
    if len(members) < len(pairs):  # of two equal keys the first one counts
        members = dict(reversed(pairs))
    return members


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_finite)


def signature_name(document: Mapping[str, Any]) -> str:
    """Return the signature that a request asks for."""
    name = document.get("signature_name", "serving_default")
    if type(name) is not str:
        raise RequestError(
            f"JSON Value: {quote(document)} not formatted correctly. "
            "'signature_name' key must be a string value."
        )
    _utf8(name)
    return name or "serving_default"


def read_inputs(
    document: Mapping[str, Any], dtypes: Mapping[str, str]
) -> tuple[Arrays, bool]:
    """Return the inputs by name, and whether the request has the row format."""
    if "instances" in document and "inputs" in document:
        raise RequestError(
            f"JSON Value: {quote(document)} Not formatted correctly expecting only "
            "one of 'inputs' or 'instances' keys to exist "
        )
    if "instances" in document:
        return _read_rows(document, dtypes), True
    if "inputs" in document:
        return _read_columns(document["inputs"], dtypes), False
    raise RequestError("Missing 'inputs' or 'instances' key")


def _read_columns(inputs: Any, dtypes: Mapping[str, str]) -> Arrays:
    if isinstance(inputs, dict):
        for name in dtypes:
            if name not in inputs:
                raise RequestError(f"Missing named input: {name} in 'inputs' object.")
        return {name: _array(inputs[name], dtypes[name]) for name in dtypes}
    if len(dtypes) > 1:
        raise RequestError(
            "inputs is a plain value/list, but expecting an object as multiple input "
            "tensors required as per tensorinfo_map"
        )
    ((name, dtype),) = dtypes.items()
    return {name: _array(inputs, dtype)}


def _read_rows(document: Mapping[str, Any], dtypes: Mapping[str, str]) -> Arrays:
    rows = document["instances"]
    if not isinstance(rows, list):
        raise RequestError(
            f"JSON Value: {quote(document)} Expecting 'instances' to be an list/array"
        )
    if not rows:
        raise RequestError(
            f"JSON Value: {quote(document)} No values in 'instances' array"
        )
    if isinstance(rows[0], dict):
        _check_keys(rows, dtypes)
        columns = {name: [row[name] for row in rows] for name in dtypes}
        return {
            name: _stack(column, dtypes[name], f" key: {name}")
            for name, column in columns.items()
        }
    if len(dtypes) > 1:
        raise RequestError(
            "instances is a plain list, but expecting list of objects as multiple "
            "input tensors required as per tensorinfo_map"
        )
    for index, row in enumerate(rows):
        if isinstance(row, dict):
            raise RequestError(
                f"Expecting value/list but got object at item {index} of input list"
            )
    ((name, dtype),) = dtypes.items()
    return {name: _stack(rows, dtype, "")}


def _check_keys(rows: list[Any], dtypes: Mapping[str, str]) -> None:
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            raise RequestError(
                f"Expecting object but got list at item {index} of input list"
            )
        for name in row:
            if name not in dtypes:
                raise RequestError(
                    f"Failed to process element: {index} key: {name} of 'instances' "
                    "list. Error: INVALID_ARGUMENT: JSON object: does not have named "
                    f"input: {name}"
                )
        if len(row) < len(dtypes):
            raise RequestError(
                f"Failed to process element: {index} of 'instances' list. JSON object: "
                f"{quote(row)} keys must be equal to: {','.join(sorted(dtypes))}"
            )


def _stack(rows: list[Any], dtype: str, key: str) -> NDArray[Any]:
    """Return all rows as one array; where they do not fit, name the first at fault."""
    try:
        return _array(rows, dtype)
    except RequestError:
        _blame(rows, dtype, key)
        raise


def _blame(rows: list[Any], dtype: str, key: str) -> None:
    expected = None
    for index, row in enumerate(rows):
        try:
            shape = list(_array(row, dtype).shape)
            expected = shape if expected is None else expected
            if shape != expected:
                raise RequestError(f"Expecting shape {expected} but got: {shape}")
        except RequestError as error:
            code = "UNIMPLEMENTED" if error.status == 501 else "INVALID_ARGUMENT"
            raise RequestError(
                f"Failed to process element: {index}{key} of 'instances' list. "
                f"Error: {code}: {error}"
            ) from error


def _array(value: Any, dtype: str) -> NDArray[Any]:
    """Return a value, or lists of lists of them, as an array."""
    shape, leaves = _flatten(value)
    accepted = ACCEPTED.get(dtype, set())
    if not accepted.issuperset(map(type, leaves)):
        raise _misfit(leaves, dtype)
    try:
        if dtype == "string":
            array = np.empty(len(leaves), object)
            array[:] = [to_bytes(leaf) for leaf in leaves]
        else:
            with np.errstate(over="ignore"):  # 1e39 is infinite as a float32
                array = np.array(leaves, dtype)
        return array.reshape(shape)
    except OverflowError as error:
        raise _out_of_range(leaves, dtype) from error
    except ValueError as error:  # NumPy has fewer dimensions than TensorFlow
        raise RequestError(f"{len(shape)} nested lists: {error}") from error


def _flatten(value: Any) -> tuple[list[int], list[Any]]:
    """Return the shape and the leaves, level by level, so that depth costs no stack."""
    shape: list[int] = []
    leaves = [value]
    while leaves and isinstance(leaves[0], list):
        size = len(leaves[0])
        for leaf in leaves:
            if not isinstance(leaf, list):
                raise RequestError(
                    f"JSON Value: {quote(leaf)} found at incorrect level: "
                    f"{len(shape) + 1} in the JSON DOM."
                )
            if len(leaf) != size:
                raise RequestError(
                    f"Encountered list at unexpected size: {len(leaf)} at level: "
                    f"{len(shape)} expected size: {size}"
                )
        shape.append(size)
        leaves = list(chain.from_iterable(leaves))
    return shape, leaves


def _misfit(leaves: list[Any], dtype: str) -> RequestError:
    accepted = ACCEPTED.get(dtype)
    name = DTYPE_NAMES.get(dtype, dtype)
    if accepted is None:
        message = f"Conversion of JSON Value: {quote(leaves[0])} to type: {name}"
        return RequestError(message, 501)
    leaf = next(leaf for leaf in leaves if type(leaf) not in accepted)
    if isinstance(leaf, list):
        return RequestError("Encountered list at unexpected level")
    if isinstance(leaf, dict) and dtype == "string":
        message = f"JSON Value: {quote(leaf)} not formatted correctly for base64 data"
        return RequestError(message)
    return _type_error(leaf, name)


def _out_of_range(leaves: list[int], dtype: str) -> RequestError:
    kind = np.iinfo(dtype) if dtype[0] in "iu" else np.finfo(dtype)
    leaf = next(leaf for leaf in leaves if not kind.min <= leaf <= kind.max)
    return _type_error(leaf, DTYPE_NAMES.get(dtype, dtype))


def _type_error(leaf: Any, dtype: str) -> RequestError:
    return RequestError(
        f"JSON Value: {quote(leaf)} Type: {type_name(leaf)} is not of expected type: "
        f"{dtype}"
    )


def type_name(value: Any) -> str:
    """Return what a message calls the type of a JSON value."""
    if isinstance(value, bool):
        return str(value)
    return _TYPE_NAMES[type(value)]


_TYPE_NAMES = {
    type(None): "Null",
    int: "Number",
    float: "Number",
    str: "String",
    list: "Array",
    dict: "Object",
    Base64: "Object",
}


def to_bytes(value: str) -> bytes:
    """Return what a string stands for: its UTF-8, or what its base64 encodes."""
    if not isinstance(value, Base64):
        return _utf8(value)
    digits = re.sub(r"\s", "", value).rstrip("=.")
    try:
        return base64.b64decode(digits + "=" * (-len(digits) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise RequestError("Unable to base64 decode") from error


def _utf8(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise RequestError(
            "JSON Parse error: The surrogate pair in string is invalid."
        ) from error


def quote(value: object) -> str:
    """Return the beginning of a value as JSON, for a message."""
    return json.dumps(value, ensure_ascii=False)[:256]


def write_outputs(outputs: Mapping[str, Any], by_row: bool) -> bytes:
    """Return the response's body; a single output goes without its name."""
    if by_row:
        _check_batch(outputs)
    columns = {name: _to_json(name, value) for name, value in outputs.items()}
    names, values = list(columns), list(columns.values())
    if not by_row:
        return to_json({"outputs": columns if len(columns) > 1 else values[0]})
    if len(columns) == 1:
        return to_json({"predictions": values[0]})
    rows = [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]
    return to_json({"predictions": rows})


def _check_batch(outputs: Mapping[str, Any]) -> None:
    batch = None
    for name, value in outputs.items():
        if np.ndim(value) == 0:
            raise RequestError(f"Tensor name: {name} has no shape information ")
        batch = len(value) if batch is None else batch
        if len(value) != batch:
            raise RequestError(
                f"Tensor name: {name} has inconsistent batch size: {len(value)} "
                f"expecting: {batch}"
            )


def _to_json(name: str, value: Any) -> Any:
    plain = value if isinstance(value, bytes) else value.tolist()
    return _strings(plain, as_base64=name.endswith("_bytes"))


def _strings(value: Any, as_base64: bool) -> Any:
    """Return the value with every `bytes` in it as JSON has it."""
    if isinstance(value, list) and value and isinstance(value[0], list | bytes):
        return [_strings(item, as_base64) for item in value]
    if not isinstance(value, bytes):
        return value
    if as_base64:
        return {"b64": base64.b64encode(value).decode()}
    return value.decode("utf-8", "surrogateescape")


def to_json(value: object) -> bytes:
    """Return the value as JSON, with NaN and Infinity as they are in production."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except TypeError as error:
        raise RequestError(f"Failed to write JSON value: {error}") from error
    return text.encode("utf-8", "surrogateescape")
