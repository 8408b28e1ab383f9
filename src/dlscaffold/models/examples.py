"""The user's own inputs for a model: what a file of them is like, without numpy."""

from __future__ import annotations

import ast
import base64
import json
import math
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import IO, Any

from dlscaffold.errors import UsageError
from dlscaffold.models.description import Dimension, Tensor

# What numpy's files may hold: numbers, booleans and text, and never objects, which are
# pickled.
ARRAY_MAGIC = b"\x93NUMPY"
KINDS = {
    "b": "bool",
    "i": "int",
    "u": "uint",
    "f": "float",
    "U": "string",
    "S": "string",
}
SIZED = ("int", "uint", "float")
# Of JSON, the first that is among the values holds them all.
JSON_DTYPES = {float: "float32", int: "int64", bool: "bool"}
# Numbers of these sizes alone: numpy has more, which no model takes.
CODE = re.compile(r"[<>|=]?(b1|[iu][1248]|f[248]|[US][1-9]\d{0,8})")
FLOATS = {2: "e", 4: "f", 8: "d"}  # as `struct` calls them
CHARACTER = {"U": 4, "S": 1}  # bytes
LONGEST_HEADER = 10_000
BLOCK = 1 << 20  # bytes that are read at once
BEYOND = 1 << 64
BROKEN = (
    OSError,
    EOFError,
    ValueError,
    KeyError,
    TypeError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)
EXAMPLES = (".npy", ".npz", ".json")
# The golden ones are compared with fewer, and one of those with one alone.
LEAST = 3


def complete(
    inputs: tuple[Tensor, ...], examples: dict[str, Tensor]
) -> tuple[Tensor, ...]:
    """Return the inputs with what the model does not say of them taken from examples.

    There the first dimension counts the examples, so that it is taken to be free.
    """
    return tuple(_completed(one, examples[one.name]) for one in inputs)


def _completed(declared: Tensor, example: Tensor) -> Tensor:
    if declared.shape is None and example.shape:
        example = replace(example, shape=(None, *example.shape[1:]))
    return replace(
        declared,
        dtype=declared.dtype or example.dtype,
        shape=example.shape if declared.shape is None else declared.shape,
    )


def read(path: Path, inputs: tuple[Tensor, ...]) -> dict[str, Tensor]:
    """Return what the arrays in a file are like, one for each input.

    Raises UsageError if they do not fit the inputs.
    """
    names = {tensor.name for tensor in inputs}
    try:
        found = {array.name: array for array in _arrays(path, inputs)}
    except BROKEN as error:
        raise UsageError(
            f"{path} cannot be used ({error}): give --examples an .npz or .json file "
            "with an array of finite numbers, or of text, for each of "
            f"{', '.join(sorted(names))}."
        ) from error
    if set(found) != names:
        raise UsageError(
            f"{path} has arrays for {', '.join(sorted(found)) or 'nothing'}, but the "
            f"model takes {', '.join(sorted(names))}: name them so."
        )
    for one in inputs:
        refuse_kind(path, one, found[one.name])
        refuse_misfit(path, one, found[one.name])
    return found


def refuse_kind(path: Path, declared: Tensor, example: Tensor) -> None:
    """Raise UsageError if an array is text where the model takes none, or no text."""
    is_text = example.dtype == "string"
    if example.dtype and is_text != (declared.dtype == "string"):
        held, taken = ("text", "numbers") if is_text else ("numbers", "text")
        raise UsageError(
            f"{path}: the array {declared.name} holds {held}, but the model takes "
            f"{declared.dtype if is_text and declared.dtype else taken}: give it so."
        )


def refuse_misfit(path: Path, declared: Tensor, example: Tensor) -> None:
    """Raise UsageError if an array is not like the input, or has too few examples."""
    sizes = [size for size in example.shape or () if isinstance(size, int)]
    wanted = declared.shape
    if example.dtype is None or not (wanted is None or fits(sizes, wanted)):
        shape = ", ".join(str(w) if isinstance(w, int) else "?" for w in wanted or ())
        needed = "arrays of numbers" if wanted is None else f"the shape ({shape})"
        raise UsageError(
            f"{path}: the array {declared.name} is of shape {tuple(sizes)}, but the "
            f"model takes {needed}: give it so."
        )
    is_batch = wanted is None or (bool(wanted) and not isinstance(wanted[0], int))
    if 0 in sizes or (is_batch and sizes and sizes[0] < LEAST):
        raise UsageError(
            f"{path} has too few examples of {declared.name}: give {LEAST} or more."
        )


def fits(sizes: list[int], wanted: tuple[Dimension, ...]) -> bool:
    """Return whether an array's sizes are those of an input."""
    return len(sizes) == len(wanted) and all(
        not isinstance(want, int) or want == size
        for size, want in zip(sizes, wanted, strict=True)
    )


def _arrays(path: Path, inputs: tuple[Tensor, ...]) -> Iterator[Tensor]:
    """Yield what is known of the arrays in a file; one alone is the only input."""
    suffix = path.suffix.lower()
    if suffix not in EXAMPLES:
        raise ValueError("it is no .npy, .npz or .json file")
    if suffix == ".json":
        fields = json.loads(path.read_text("utf-8-sig"))
        if not isinstance(fields, dict):
            raise ValueError("it holds no object of arrays by name")
        for name, values in fields.items():
            yield _nested(name, values)
    elif suffix == ".npz":
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                with archive.open(name) as file:
                    yield _array(name.removesuffix(".npy"), file)
    else:
        if len(inputs) != 1:
            raise ValueError("it holds one array, but the model has several inputs")
        with path.open("rb") as file:
            yield _array(inputs[0].name, file)


def _nested(name: str, values: Any) -> Tensor:
    """Return the shape of nested lists, and the dtype that holds all that is in them.

    Raises ValueError if they are not of one shape, or hold what no array does.
    """
    shape, level = [], [values]
    while level and isinstance(level[0], list):
        size = len(level[0])
        if any(not isinstance(one, list) or len(one) != size for one in level):
            raise ValueError(f"the lists in {name} are not of one length")
        shape.append(size)
        level = list(chain.from_iterable(level))
    return Tensor(name, _json_dtype(name, level), tuple(shape))


def _json_dtype(name: str, leaves: list[Any]) -> str | None:
    """Return the dtype of all values in an array together; of none there is none."""
    types = {str if _is_bytes(one) else type(one) for one in leaves}
    if list in types:
        raise ValueError(f"the lists in {name} are not of one length")
    if types & {dict, type(None)}:
        raise ValueError(f"{name} has null or an object in it")
    if str in types:
        if len(types) > 1:
            raise ValueError(f"{name} has both text and numbers in it")
        return "string"
    if any(type(one) is int and not -BEYOND // 2 <= one < BEYOND for one in leaves):
        raise ValueError(f"{name} has numbers in it that take more than 64 bits")
    if not all(map(math.isfinite, leaves)):
        raise ValueError(f"{name} has numbers in it that are not finite")
    return next((dtype for kind, dtype in JSON_DTYPES.items() if kind in types), None)


def _is_bytes(value: Any) -> bool:
    """Whether this is bytes as TensorFlow Serving's API has them.

    Raises ValueError if it is no base64.
    """
    if not (isinstance(value, dict) and [*value] == ["b64"]):
        return False
    try:
        base64.b64decode(value["b64"], validate=True)
    except (TypeError, ValueError) as error:
        raise ValueError("what is behind b64 is no base64") from error
    return True


def _array(name: str, file: IO[bytes]) -> Tensor:
    """Return dtype and shape of an array in numpy's format.

    Raises ValueError if it holds anything but plain values, or not as many as it says.
    """
    described = _header(file)
    code, shape = str(described["descr"]), described["shape"]
    if "O" in code:
        raise ValueError("it holds pickled objects")
    if not CODE.fullmatch(code):
        raise ValueError(f"it holds {code}, which is neither numbers nor text")
    if any(type(size) is not int or size < 0 for size in shape):
        raise ValueError("its header is damaged")
    order, kind, size = code[0], code.lstrip("<>|=")[0], int(code.lstrip("<>|=biufUS"))
    width = size * CHARACTER.get(kind, 1)
    for block in _blocks(file, math.prod(shape) * width):
        if kind == "f" and not _is_finite(block, order, size):
            raise ValueError(f"{name} has numbers in it that are not finite")
    dtype = f"{KINDS[kind]}{8 * size}" if KINDS[kind] in SIZED else KINDS[kind]
    return Tensor(name, dtype, tuple(shape))


def _header(file: IO[bytes]) -> dict[str, Any]:
    """Return what an array in numpy's format says of itself."""
    start = file.read(8)
    if not start.startswith(ARRAY_MAGIC):
        raise ValueError("it is not in numpy's format")
    size = int.from_bytes(file.read(4 if start[6:7] >= b"\2" else 2), "little")
    if size > LONGEST_HEADER:
        raise ValueError("its header is damaged")
    try:
        found = ast.literal_eval(file.read(size).decode("latin-1").strip())
    except (SyntaxError, MemoryError, RecursionError) as error:
        raise ValueError("its header is damaged") from error
    if not isinstance(found, dict) or not isinstance(found.get("shape"), tuple):
        raise ValueError("its header is damaged")
    return found


def _blocks(file: IO[bytes], left: int) -> Iterator[bytes]:
    """Yield so many bytes in parts; raises ValueError if there are fewer."""
    while left:
        block = file.read(min(left, BLOCK))
        left -= len(block)
        if not block or (left and len(block) < BLOCK):
            raise ValueError("it holds fewer values than it says")
        yield block


def _is_finite(block: bytes, order: str, size: int) -> bool:
    """Whether no number is infinite or none at all."""
    order = order if order in "<>" else "="
    form = f"{order}{len(block) // size}{FLOATS[size]}"
    return all(map(math.isfinite, struct.unpack(form, block)))
