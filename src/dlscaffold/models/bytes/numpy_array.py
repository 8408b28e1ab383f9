"""Arrays in NumPy's own format, without NumPy."""

import ast
import math
import re
import struct
from collections.abc import Iterator
from typing import IO, Any

MAGIC = b"\x93NUMPY"
# Byte order, kind and size of what may be in an array: numbers of the sizes that models
# take, booleans and text. Objects are pickled, and refused.
CODE = re.compile(r"([<>|=]?)(?=b1|[iu][1248]|f[248]|[US][1-9]\d{0,8})(\D)(\d+)")
NUMBERS = {"i": "int", "u": "uint", "f": "float"}  # before their bits
OTHERS = {"b": "bool", "U": "string", "S": "string"}
CHARACTER = {"U": 4}  # bytes; of all others the size is in bytes
FLOATS = {2: "e", 4: "f", 8: "d"}  # as `struct` calls them
LONGEST_HEADER = 10_000
BLOCK = 1 << 20  # bytes that are read at once


def read_array(file: IO[bytes]) -> tuple[str, tuple[int, ...]]:
    """Return the dtype and the shape of an array; it is read to its end.

    Raises ValueError if it holds anything but finite numbers, booleans and text, or
    not as many values as it says.
    """
    header = _header(file)
    code, shape = str(header.get("descr")), header["shape"]
    if "O" in code:
        raise ValueError("it holds pickled objects")
    found = CODE.fullmatch(code)
    if not found:
        raise ValueError(f"it holds {code}, which is neither numbers nor text")
    if any(type(size) is not int or size < 0 for size in shape):
        raise ValueError("its header is damaged")
    order, kind, size = found[1], found[2], int(found[3])
    for block in _blocks(file, math.prod(shape) * size * CHARACTER.get(kind, 1)):
        if kind != "f":
            continue
        form = f"{order if order in '<>' else '='}{len(block) // size}{FLOATS[size]}"
        if not all(map(math.isfinite, struct.unpack(form, block))):
            raise ValueError("it holds numbers that are not finite")
    return f"{NUMBERS[kind]}{8 * size}" if kind in NUMBERS else OTHERS[kind], shape


def _header(file: IO[bytes]) -> dict[str, Any]:
    """Return what an array says of itself; its shape is a tuple."""
    start = file.read(8)
    if not start.startswith(MAGIC):
        raise ValueError("it is not in NumPy's format")
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
