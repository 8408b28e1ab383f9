"""The model as it was given: its files, unchanged, and what it takes and gives."""

import functools
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import contract
from .files import ContractError
from .signature import TensorSpec
from .tensors import Tensors

DESCRIPTION = "model.json"

# Lines that frameworks begin a message with, whatever it is about.
SAY_NOTHING = (
    "Exception encountered when calling",
    "Graph execution error",
    "Detected at node",
    "<stack traces unavailable>",
)


@dataclass(frozen=True)
class Dimension:
    """A dimension of an input; where its size is None it is free.

    Those of one name have one size, and none is larger than its most, if it has one.
    """

    size: int | None
    name: str | None
    most: int | None


@dataclass(frozen=True)
class Original:
    """The model's path, its inputs and their dimensions, and its outputs' names.

    None stands for a free dimension in a shape.
    """

    path: Path
    inputs: dict[str, TensorSpec]
    dimensions: dict[str, list[Dimension]]
    outputs: list[str]


@functools.cache  # the digest of a large model takes seconds
def find(folder: Path) -> Original:
    """Return the model that the folder describes; raises ContractError if it is gone.

    A model too large to copy lies where it lay when this project was generated.
    """
    fields = json.loads((folder / DESCRIPTION).read_text("utf-8"))
    path = folder / fields["path"]
    fix = f"put it back, or name another place in {folder / DESCRIPTION}"
    if not path.exists():
        raise ContractError(f"The model {path} is missing: {fix}.")
    if contract.digest(path) != fields["sha256"]:
        raise ContractError(f"{path} is not the model that was given: {fix}.")
    for name, digest in fields["beside"].items():  # weights in files of their own
        part = path.parent / name
        if not part.is_file() or contract.digest(part) != digest:
            raise ContractError(f"{part} is not the file that was given: put it back.")
    refuse_doubles([tensor["name"] for tensor in fields["inputs"]])
    refuse_doubles(fields["outputs"])
    dimensions = {tensor["name"]: _dimensions(tensor) for tensor in fields["inputs"]}
    inputs = {
        tensor["name"]: _spec(tensor["dtype"], dimensions[tensor["name"]])
        for tensor in fields["inputs"]
    }
    return Original(path, inputs, dimensions, fields["outputs"])


def _spec(dtype: str, dimensions: list[Dimension]) -> TensorSpec:
    return TensorSpec(dtype, tuple(dimension.size for dimension in dimensions))


def refuse_doubles(names: Sequence[str]) -> None:
    """Raise ContractError if two of the names are the same."""
    for name in names:
        if names.count(name) > 1:
            raise ContractError(
                f"{DESCRIPTION} names two inputs or two outputs {name!r}: "
                "give each a name of its own."
            )


def _dimensions(tensor: dict[str, Any]) -> list[Dimension]:
    shape = tensor["shape"]
    most = tensor.get("most") or [None] * len(shape)
    return [
        Dimension(size, None, None)
        if isinstance(size, int)
        else Dimension(None, size, end)
        for size, end in zip(shape, most, strict=True)
    ]


def refusal(inputs: Tensors, error: BaseException) -> str:
    """Say, in one line, that the model does not take inputs like these."""
    parts = (f"{name} {part.dtype} {part.shape}" for name, part in inputs.items())
    return (
        f"The model does not take {', '.join(parts)} ({first_line(error)}). Where "
        f"{DESCRIPTION} says null or a name for a dimension that is not free, write "
        "its size; correct a wrong dtype there too."
    )


def first_line(error: BaseException) -> str:
    """Return the first line that says something."""
    plain = re.sub(r"\x1b\[[\d;]*m", "", str(error))  # some frameworks send colours
    lines = (line.strip() for line in plain.splitlines())
    telling = (line for line in lines if line and not line.startswith(SAY_NOTHING))
    return next(telling, type(error).__name__)
