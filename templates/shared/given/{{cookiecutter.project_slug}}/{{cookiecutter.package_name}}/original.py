"""The model as it was given: its files, unchanged, and what it takes and gives."""

import functools
import json
from dataclasses import dataclass
from pathlib import Path

from . import contract
from .contract import ContractError, Tensors, TensorSpec

DESCRIPTION = "model.json"


@dataclass(frozen=True)
class Original:
    """The model's path, its inputs, and the names of its outputs.

    None stands for a free dimension in a shape.
    """

    path: Path
    inputs: dict[str, TensorSpec]
    outputs: list[str]


@functools.cache  # the digest of a large model takes seconds
def find(folder: Path) -> Original:
    """Return the model that the folder describes; raises ContractError if it is gone.

    A model too large to copy lies where it lay when this project was generated.
    """
    fields = json.loads((folder / DESCRIPTION).read_text("utf-8"))
    path = folder / fields["path"]
    mend = f"put it back, or name another place in {folder / DESCRIPTION}"
    if not path.exists():
        raise ContractError(f"The model {path} is missing: {mend}.")
    if contract.digest(path) != fields["sha256"]:
        raise ContractError(f"{path} is not the model that was given: {mend}.")
    for name, digest in fields["beside"].items():  # weights in files of their own
        part = path.parent / name
        if not part.is_file() or contract.digest(part) != digest:
            raise ContractError(f"{part} is not the file that was given: put it back.")
    inputs = {tensor["name"]: _spec(tensor) for tensor in fields["inputs"]}
    return Original(path, inputs, fields["outputs"])


def _spec(tensor: dict[str, object]) -> TensorSpec:
    shape = tensor["shape"]
    assert isinstance(shape, list)
    sizes = (size if isinstance(size, int) else None for size in shape)
    return TensorSpec(str(tensor["dtype"]), tuple(sizes))


def refusal(inputs: Tensors, error: BaseException) -> str:
    """Say, in one line, that the model does not take inputs like these."""
    parts = (f"{name} {part.dtype} {part.shape}" for name, part in inputs.items())
    return (
        f"The model does not take {', '.join(parts)} ({first_line(error)}). Where "
        f"{DESCRIPTION} says null for a dimension that is not free, write its size; "
        "mend a wrong dtype there too."
    )


def first_line(error: BaseException) -> str:
    """Return the first line that says something."""
    lines = (line.strip() for line in str(error).splitlines())
    return next((line for line in lines if line), type(error).__name__)
