"""TensorFlow Serving's JSON: request bodies to arrays, arrays to response bodies.

The messages are worded as TensorFlow Serving words them, so that what a caller learns
here holds in production too.
"""

import base64
import codecs
import json
import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]

DEFAULT_SIGNATURE = "serving_default"

_INTEGERS = {
    name: range(np.iinfo(name).min, np.iinfo(name).max + 1)
    for name in ("int8", "int16", "int32", "int64", "uint8", "uint32", "uint64")
}
_TITLES = {"float32": "float", "float64": "double", "float16": "half"}


class RequestError(Exception):
    """A request that cannot be answered: the reason and the HTTP status."""

    def __init__(self, message: str, status: int = 400) -> None:
        """Remember both; 400 unless said otherwise."""
        super().__init__(message)
        self.status = status


def misfit(value: object, reason: str) -> RequestError:
    """Return the error that quotes the beginning of a JSON value."""
    quoted = json.dumps(value, ensure_ascii=False)[:256]
    return RequestError(f"JSON Value: {quoted} {reason}")


Pairs = list[tuple[str, Any]]


class Base64(str):
    """The text of `{"b64": "..."}`, which stands for bytes wherever a value may."""

    __slots__ = ()

    @property
    def pairs(self) -> Pairs:
        """What it is where it stands for an object."""
        return [("b64", str(self))]


class Object(dict[str, Any]):
    """A JSON object: of equal keys the first counts, while `pairs` has them all."""

    def __init__(self, pairs: Pairs) -> None:
        """Keep the pairs as they came."""
        super().__init__({**dict(pairs), **dict(reversed(pairs))})
        self.pairs = pairs


# The JSON values that each data type takes; one that is missing has no JSON form.
TYPES: dict[str, tuple[type, ...]] = {
    "float32": (int, float),
    "float64": (int, float),
    "bool": (bool,),
    "string": (str, Base64),
    **dict.fromkeys(_INTEGERS, (int,)),
}


def parse(body: bytes) -> Object:
    """Return the JSON object that a body begins with; what follows it is ignored.

    Bytes that are not UTF-8 pass through strings unharmed, as they do in production.
    """
    text = body.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")
    padding = len(text) - len(text := text.lstrip(" \t\r\n"))
    if not text or text[0] in ",:]}\0":
        where = f". at offset: {padding}" if body else ""
        raise RequestError(f"JSON Parse error: The document is empty{where}")
    try:
        if "\\u" not in text:
            document = _decode(text)
        else:
            document = _decode(_ESCAPE.sub(_low_half, text))
            to_json(document)  # the first half of a surrogate pair is not text
    except (ValueError, RecursionError) as error:
        raise RequestError(f"JSON Parse error: {error}") from error
    if not isinstance(document, Object | Base64):
        raise misfit(document, "Is not object")
    return Object(document.pairs)


_ESCAPE = re.compile(
    r"(?is)\\(?:ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|u(d[c-f][0-9a-f]{2})|.)"
)


def _low_half(escape: re.Match[str]) -> str:
    """Return an escape as it is, but the second half of a pair alone as three bytes."""
    if not escape[1]:
        return escape[0]
    raw = chr(int(escape[1], 16)).encode("utf-8", "surrogatepass")
    return raw.decode("utf-8", "surrogateescape")


def _decode(text: str) -> Any:
    try:
        return _decode_shallow(text)
    except RecursionError:
        return _decode_shallow(_without_depths(text))


def _decode_shallow(text: str) -> Any:
    try:
        return _DECODER.raw_decode(text)[0]
    except json.JSONDecodeError:  # Python's json knows NaN, Infinity and -Infinity
        return _DECODER.raw_decode(_SHORT_FORMS.sub(_lengthen, text))[0]


_MAX_DEPTH = 300
_STRING = r'"(?:[^"\\]|\\.?)*"?'
_BRACKETS = re.compile(_STRING + r"|([\[{])|([\]}])", re.DOTALL)


def _without_depths(text: str) -> str:
    """Return JSON with an empty list for each value deeper than tensors may be."""
    kept, depth, begin = [], 0, 0
    for match in _BRACKETS.finditer(text):
        if match[1]:
            if depth == _MAX_DEPTH:
                kept.append(text[begin : match.start()])
                begin = len(text)
            depth += 1
        elif match[2]:
            depth -= 1
            if depth == _MAX_DEPTH:
                begin = match.end()
    return "[]".join([*kept, text[begin:]])


_SHORT_FORMS = re.compile(_STRING + r"|-NaN\b|\bInf\b", re.DOTALL)


def _lengthen(match: re.Match[str]) -> str:
    return {"-NaN": "NaN", "Inf": "Infinity"}.get(match[0], match[0])


def _integer(digits: str) -> int | float:
    """Return an integer of 64 bits, signed or not; beyond that all are doubles."""
    number = int(digits[:21])
    return number if -(2**63) <= number < 2**64 else _double(digits)


_NUMBER = re.compile(r"-?(\d+)(?:\.(\d+))?(?:[eE](?:\+?0*(\d{2,})|[-+]?\d+))?")


def _double(number: str) -> float:
    """Return a double; what is too big shows in the digits, so 2e308 is infinite."""
    value = float(number)
    if (math.isinf(value) or "e" in number.lower()) and _is_too_big(number):
        raise ValueError("Number too big to be stored in double.")
    return value


def _is_too_big(number: str) -> bool:
    parts = _NUMBER.fullmatch(number)
    if not parts:
        return False
    whole, fraction, exponent = parts.groups()
    largest = 308 + len(fraction or "")
    return math.isinf(float(whole)) or int((exponent or "0")[:9]) > largest


def _object(pairs: Pairs) -> Object | Base64:
    if len(pairs) == 1 and pairs[0][0] == "b64" and type(pairs[0][1]) is str:
        return Base64(pairs[0][1])
    return Object(pairs)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_double, parse_int=_integer
)


def c_string(key: str) -> str:
    """Return a key as far as C would read it, which is what counts in production."""
    return key.partition("\0")[0]


def signature_name(document: Mapping[str, Any]) -> str:
    """Return the signature that a request asks for."""
    name = document.get("signature_name", "")
    if type(name) is not str:
        reason = "'signature_name' key must be a string value."
        raise misfit(document, f"not formatted correctly. {reason}")
    return name or DEFAULT_SIGNATURE


def read_inputs(
    document: Mapping[str, Any], dtypes: Mapping[str, str]
) -> tuple[Arrays, bool]:
    """Return the inputs by name, and whether the request has the row format."""
    if "instances" in document and "inputs" in document:
        reason = "only one of 'inputs' or 'instances' keys to exist "
        raise misfit(document, f"Not formatted correctly expecting {reason}")
    if "instances" in document:
        rows = document["instances"]
        if not isinstance(rows, list):
            raise misfit(document, "Expecting 'instances' to be an list/array")
        if not rows:
            raise misfit(document, "No values in 'instances' array")
        return _read_rows(rows, dtypes), True
    if "inputs" in document:
        return _read_columns(document["inputs"], dtypes), False
    raise RequestError("Missing 'inputs' or 'instances' key")


def _read_columns(inputs: Any, dtypes: Mapping[str, str]) -> Arrays:
    if not isinstance(inputs, dict):
        if len(dtypes) > 1:
            raise RequestError(
                "inputs is a plain value/list, but expecting an object as multiple "
                "input tensors required as per tensorinfo_map"
            )
        inputs = dict.fromkeys(dtypes, inputs)
    arrays = {}
    for name, dtype in dtypes.items():
        if name not in inputs:
            raise RequestError(f"Missing named input: {name} in 'inputs' object.")
        leaves: list[Any] = []
        shape = _read(inputs[name], dtype, leaves)
        arrays[name] = _array(leaves, dtype, shape)
    return arrays


def _read_rows(rows: list[Any], dtypes: Mapping[str, str]) -> Arrays:
    named = isinstance(rows[0], Object)
    if not isinstance(rows[0], Object | Base64) and len(dtypes) > 1:
        raise RequestError(
            "instances is a plain list, but expecting list of objects as multiple "
            "input tensors required as per tensorinfo_map"
        )
    leaves: dict[str, list[Any]] = {name: [] for name in dtypes}
    shapes: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        if isinstance(row, Object) is not named:
            found = "object but got list" if named else "value/list but got object"
            raise RequestError(f"Expecting {found} at item {index} of input list")
        where = f"Failed to process element: {index}"
        pairs = row.pairs if named else [(next(iter(dtypes)), row)]
        pairs = [(c_string(key), value) for key, value in pairs]
        for name, value in pairs:
            try:
                shape = _read_named(name, value, dtypes, leaves)
                _check_shape(shapes.setdefault(name, shape), shape)
            except RequestError as error:
                key = f" key: {name}" if named else ""
                code = "UNIMPLEMENTED" if error.status == 501 else "INVALID_ARGUMENT"
                reason = f"{where}{key} of 'instances' list. Error: {code}: {error}"
                raise RequestError(reason) from error
        if named and dict(pairs).keys() != dtypes.keys():
            wrong = misfit(row, f"keys must be equal to: {','.join(dtypes)}")
            reason = str(wrong).replace("Value", "object", 1)
            raise RequestError(f"{where} of 'instances' list. {reason}")
    arrays = {}
    for name, shape in shapes.items():
        count = len(rows) * math.prod(shape)  # a key that comes twice gives more
        values = leaves[name][:count]
        arrays[name] = _array(values, dtypes[name], [len(rows), *shape])
    return arrays


def _read_named(
    name: str, value: Any, dtypes: Mapping[str, str], leaves: dict[str, list[Any]]
) -> list[int]:
    if name not in dtypes:
        raise RequestError(f"JSON object: does not have named input: {name}")
    return _read(value, dtypes[name], leaves[name])


def _check_shape(want: list[int], got: list[int]) -> None:
    if math.prod(want) != math.prod(got):
        sizes = f"{math.prod(want)} but got: {math.prod(got)}"
        raise RequestError(f"Expecting tensor size: {sizes}")
    if want != got:
        shapes = f"{want} but got: {got}".replace(", ", ",")
        raise RequestError(f"Expecting shape {shapes}")


def _read(value: Any, dtype: str, leaves: list[Any]) -> list[int]:
    """Add what is in lists of lists to the leaves, and return its shape."""
    shape = []
    first = value
    while isinstance(first, list):
        shape.append(len(first))
        first = first[0] if first else None
    _fill(value, shape, dtype, leaves)
    return shape


def _fill(
    value: Any, shape: list[int], dtype: str, leaves: list[Any], level: int = 0
) -> None:
    rank = len(shape)
    if not isinstance(value, list):
        if level != rank:
            where = f"level: {level + 1} in the JSON DOM. Expected at level: {rank}"
            raise misfit(value, f"found at incorrect {where}")
        leaves.append(_leaf(value, dtype))
        return
    if level == rank:
        raise RequestError(
            f"Encountered list at unexpected level: {level} expected < {rank}"
        )
    if len(value) != shape[level]:
        raise RequestError(
            f"Encountered list at unexpected size: {len(value)} at level: {level} "
            f"expected size: {shape[level]}"
        )
    for item in value:
        _fill(item, shape, dtype, leaves, level + 1)


def _leaf(value: Any, dtype: str) -> Any:
    title, kind = _TITLES.get(dtype, dtype), type_name(value)
    if dtype == "string" and isinstance(value, dict):
        raise misfit(value, "not formatted correctly for base64 data")
    if dtype not in TYPES and kind != "Object":
        wrong = misfit(value, f"to type: {title}")
        raise RequestError(f"Conversion of {wrong}", 501)
    if type(value) not in TYPES.get(dtype, ()) or (
        dtype in _INTEGERS and value not in _INTEGERS[dtype]
    ):
        raise misfit(value, f"Type: {kind} is not of expected type: {title}")
    return to_bytes(value) if dtype == "string" else value


def _array(leaves: list[Any], dtype: str, shape: list[int]) -> NDArray[Any]:
    try:
        with np.errstate(over="ignore"):  # 1e39 is infinite as a float32
            array = np.array(leaves, object if dtype == "string" else np.dtype(dtype))
        return array.reshape(shape)
    except ValueError as error:  # NumPy has fewer dimensions than TensorFlow
        raise RequestError(f"{len(shape)} nested lists: {error}") from error


def type_name(value: Any) -> str:
    """Return what a message calls the type of a JSON value."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, dict | Base64):
        return "Object"
    names = {int: "Number", float: "Number", str: "String", list: "Array"}
    return names.get(type(value), "Null")


def to_bytes(value: str) -> bytes:
    """Return what a string stands for: its UTF-8, or what its base64 encodes."""
    if not isinstance(value, Base64):
        return value.encode("utf-8", "surrogateescape")
    padded = re.sub(r"(?a)\s", "", value)
    digits = padded.rstrip("=.")
    padding = -len(digits) % 4
    try:
        if len(padded) - len(digits) not in (0, padding):
            raise ValueError("padding")
        return base64.b64decode(digits + "=" * padding, validate=True)
    except ValueError as error:
        raise RequestError("Unable to base64 decode") from error


def write_outputs(outputs: Mapping[str, NDArray[Any]], by_row: bool) -> bytes:
    """Return the response's body; a single output goes without its name."""
    if by_row:
        _check_batch(outputs)
    columns = {name: _to_json(name, value) for name, value in outputs.items()}
    values = list(columns.values())
    if not by_row:
        return to_json({"outputs": columns if len(columns) > 1 else values[0]})
    if len(columns) == 1:
        return to_json({"predictions": values[0]})
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]
    return to_json({"predictions": rows})


def _check_batch(outputs: Mapping[str, NDArray[Any]]) -> None:
    expected = None
    for name, value in outputs.items():
        if value.ndim == 0:
            raise RequestError(f"Tensor name: {name} has no shape information ")
        expected = len(value) if expected is None else expected
        if len(value) != expected:
            raise RequestError(
                f"Tensor name: {name} has inconsistent batch size: {len(value)} "
                f"expecting: {expected}"
            )


def _to_json(name: str, value: NDArray[Any]) -> Any:
    dtype = "string" if value.dtype == object else value.dtype.name
    if dtype not in TYPES and value.size:
        title = _TITLES.get(dtype, dtype)
        raise RequestError(f"Failed to write JSON value for tensor type: {title}")
    if dtype != "string":
        return value.tolist()
    as_text = _base64 if name.endswith("_bytes") else text
    return np.vectorize(as_text, otypes=[object])(value).tolist()


def _base64(value: bytes) -> dict[str, str]:
    return {"b64": base64.b64encode(value).decode()}


def text(value: bytes) -> str:
    """Return bytes as JSON has them, whether they are UTF-8 or not."""
    return value.decode("utf-8", "surrogateescape")


def to_json(value: object) -> bytes:
    """Return the value as JSON, with NaN and Infinity as they are in production."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogateescape")
