"""The user's own inputs for a model: what a file of them is like, without NumPy."""

import base64
import json
import math
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from dlscaffold.errors import UsageError
from dlscaffold.models.bytes.numpy_array import read_array
from dlscaffold.models.description import Shape, Tensor

# Of JSON, the first that is among the values holds them all.
JSON_DTYPES = {float: "float32", int: "int64", bool: "bool"}
# What reading a damaged file raises.
BROKEN = (
    *(EOFError, KeyError, OSError, RuntimeError, TypeError, ValueError),
    *(zipfile.BadZipFile, zlib.error),
)
# The golden ones are compared with fewer, and one of those with one alone.
LEAST = 3


def complete(
    inputs: tuple[Tensor, ...], examples: dict[str, Tensor]
) -> tuple[Tensor, ...]:
    """Return the inputs with what the model does not say of them taken from examples.

    There the first dimension counts the examples, so it is taken to be free.
    """
    completed = []
    for one in inputs:
        example, shape = examples[one.name], one.shape
        if shape is None and example.shape is not None:
            shape = (None, *example.shape[1:]) if example.shape else ()
        completed.append(replace(one, dtype=one.dtype or example.dtype, shape=shape))
    return tuple(completed)


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
            f"model takes {', '.join(sorted(names))}: rename them."
        )
    for one in inputs:
        refuse_type(path, one, found[one.name])
        refuse_shape(path, one, found[one.name])
    return found


def refuse_type(path: Path, declared: Tensor, example: Tensor) -> None:
    """Raise UsageError if an array is text where the model takes none, or no text."""
    is_text = example.dtype == "string"
    if example.dtype and is_text != (declared.dtype == "string"):
        held, taken = ("text", "numbers") if is_text else ("numbers", "text")
        raise UsageError(
            f"{path}: the array {declared.name} holds {held}, but the model takes "
            f"{declared.dtype if is_text and declared.dtype else taken}: give it that."
        )


def refuse_shape(path: Path, declared: Tensor, example: Tensor) -> None:
    """Raise UsageError if an array's shape does not fit, or it has too few examples."""
    sizes = [size for size in example.shape or () if isinstance(size, int)]
    wanted = declared.shape
    if example.dtype is None or not (wanted is None or matches(sizes, wanted)):
        shape = ", ".join(str(w) if isinstance(w, int) else "?" for w in wanted or ())
        needed = "arrays of numbers" if wanted is None else f"the shape ({shape})"
        raise UsageError(
            f"{path}: the array {declared.name} is of shape {tuple(sizes)}, but the "
            f"model takes {needed}: give it that."
        )
    is_batch = wanted is None or (bool(wanted) and not isinstance(wanted[0], int))
    if 0 in sizes or (is_batch and sizes and sizes[0] < LEAST):
        raise UsageError(
            f"{path} has too few examples of {declared.name}: give {LEAST} or more."
        )


def matches(sizes: list[int], wanted: Shape) -> bool:
    """Return whether an array's sizes are those of an input."""
    return len(sizes) == len(wanted) and all(
        not isinstance(want, int) or want == size
        for size, want in zip(sizes, wanted, strict=True)
    )


def _arrays(path: Path, inputs: tuple[Tensor, ...]) -> Iterator[Tensor]:
    """Yield what is known of the arrays in a file; one alone is the only input."""
    suffix = path.suffix.lower()
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
                    yield Tensor(name.removesuffix(".npy"), *read_array(file))
    elif suffix != ".npy":
        raise ValueError("it is no .npy, .npz or .json file")
    elif len(inputs) != 1:
        raise ValueError("it holds one array, but the model has several inputs")
    else:
        with path.open("rb") as file:
            yield Tensor(inputs[0].name, *read_array(file))


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
    if any(type(one) is int and not -(1 << 63) <= one < 1 << 64 for one in leaves):
        raise ValueError(f"{name} has numbers in it that take more than 64 bits")
    if not all(map(math.isfinite, leaves)):
        raise ValueError(f"{name} has numbers in it that are not finite")
    return next((dtype for kind, dtype in JSON_DTYPES.items() if kind in types), None)


def _is_bytes(value: Any) -> bool:
    """Whether this is bytes as TensorFlow Serving's API has them.

    Raises ValueError if it is not valid base64.
    """
    if not (isinstance(value, dict) and [*value] == ["b64"]):
        return False
    try:
        base64.b64decode(value["b64"], validate=True)
    except (TypeError, ValueError) as error:
        raise ValueError("the value of b64 is not base64") from error
    return True
