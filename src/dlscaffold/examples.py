"""The user's own inputs for a model: what a file of them is like, without numpy."""

from __future__ import annotations

import ast
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from dlscaffold.errors import UsageError
from dlscaffold.inspect.description import Dimension, Tensor

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
JSON_DTYPES = {bool: "bool", int: "int64", float: "float32", str: "string"}
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
            f"with an array for each of {', '.join(sorted(names))}."
        ) from error
    if set(found) != names:
        raise UsageError(
            f"{path} has arrays for {', '.join(sorted(found)) or 'nothing'}, but the "
            f"model takes {', '.join(sorted(names))}: name them so."
        )
    for one in inputs:
        refuse_misfit(path, one, found[one.name])
    return found


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
        fields = json.loads(path.read_text("utf-8"))
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
    """Return the shape of nested lists, and the dtype that their first number has."""
    shape: list[int | str | None] = []
    while isinstance(values, list) and values:
        shape.append(len(values))
        values = values[0]
    return Tensor(name, JSON_DTYPES.get(type(values)), tuple(shape))


def _array(name: str, file: IO[bytes]) -> Tensor:
    """Return dtype and shape of an array in numpy's format.

    Raises ValueError if it holds anything but plain values.
    """
    start = file.read(8)
    if not start.startswith(ARRAY_MAGIC):
        raise ValueError("it is not in numpy's format")
    size = int.from_bytes(file.read(4 if start[6:7] >= b"\2" else 2), "little")
    header = file.read(min(size, 10_000))
    try:
        described = ast.literal_eval(header.decode("latin-1").strip())
    except (SyntaxError, MemoryError, RecursionError) as error:
        raise ValueError("its header is damaged") from error
    code = str(described["descr"])
    if "O" in code:
        raise ValueError("it holds pickled objects")
    if code[1:2] not in KINDS:
        raise ValueError(f"it holds {code}, which is neither numbers nor text")
    shape = [int(size) for size in described["shape"]]
    return Tensor(name, _dtype(code), tuple(shape))


def _dtype(code: str) -> str:
    """Return the name of numpy's code for a dtype, such as `<f4`."""
    kind = KINDS[code[1]]
    return f"{kind}{8 * int(code[2:])}" if kind in SIZED else kind
