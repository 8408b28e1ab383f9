"""Inputs from the file of examples that was given with the model."""

import json
import zlib
from zipfile import BadZipFile

import numpy as np

from .contract import ContractError, Tensors, TensorSpec, original, to_array
from .settings import MODELS

FILE = MODELS / "{{ cookiecutter._examples }}"
ORIGIN = "own"
MOST = 16  # in golden.json
FIX = f"put others into {FILE}"  # where they do not fit
BROKEN = (
    OSError,
    EOFError,
    ValueError,
    KeyError,
    TypeError,
    MemoryError,
    BadZipFile,
    zlib.error,
)


def golden() -> Tensors:
    """Return the examples that the contract holds."""
    return _first(MOST)


def variations() -> list[Tensors]:
    """Return fewer of the examples, where the model takes any number of them."""
    return [_first(1), _first(2)]


def _first(count: int) -> Tensors:
    specs = original.find(MODELS).inputs
    return {
        name: tensor[:count] if _is_batch(specs[name]) else tensor
        for name, tensor in read(specs).items()
    }


def _is_batch(spec: TensorSpec) -> bool:
    return bool(spec.shape) and spec.shape[0] is None


def read(specs: dict[str, TensorSpec]) -> Tensors:
    """Return all examples; raises ContractError if they do not fit the model."""
    try:
        arrays = _load(specs)
        return {name: _cast(arrays[name], spec) for name, spec in specs.items()}
    except BROKEN as error:
        raise ContractError(f"{FILE} does not fit the model: {error}") from error


def _load(specs: dict[str, TensorSpec]) -> Tensors:
    if FILE.suffix == ".json":
        fields = json.loads(FILE.read_text("utf-8-sig"))
        return {name: np.array(values) for name, values in fields.items()}
    loaded = np.load(FILE, allow_pickle=False)
    return dict(loaded) if FILE.suffix == ".npz" else {next(iter(specs)): loaded}


def _cast(array: np.ndarray, spec: TensorSpec) -> np.ndarray:
    cast = to_array(array, spec.dtype)
    if cast.dtype.kind in "iub" and not np.array_equal(cast, array):
        raise ValueError(f"{spec.dtype} cannot hold its values")
    if cast.dtype.kind == "f" and not np.isfinite(cast).all():
        raise ValueError("it has values that are not finite; leave them out")
    return cast
