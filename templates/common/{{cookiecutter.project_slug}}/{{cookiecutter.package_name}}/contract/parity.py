"""Parity: how close served outputs are to those of the training framework."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .files import ContractError
from .tensors import Tensors


@dataclass(frozen=True)
class Tolerance:
    """How far a served output may lie from the training framework's."""

    absolute: float = 1e-5
    relative: float = 1e-4


def check_parity(expected: Tensors, actual: Tensors, tolerance: Tolerance) -> float:
    """Return the largest difference; raise ContractError where it is too large."""
    largest = 0.0
    for name, want in expected.items():
        if name not in actual:
            raise ContractError(f"The artifact has no output {name!r}.")
        got = actual[name]
        if got.shape != want.shape:
            raise ContractError(f"{name!r} has shape {got.shape}, not {want.shape}.")
        off = distance(got, want)
        if off and not is_close(got, want, tolerance):
            raise ContractError(f"{name!r} is off the trained model by {off:g}.")
        largest = max(largest, off)
    return largest


def is_close(got: NDArray[Any], want: NDArray[Any], tolerance: Tolerance) -> bool:
    """Return whether numbers are as close as the tolerance asks; texts never are."""
    return want.dtype.kind != "U" and np.allclose(
        got, want, rtol=tolerance.relative, atol=tolerance.absolute
    )


def distance(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Return the largest difference between two tensors; infinite for unlike texts."""
    if one.dtype.kind == "U":
        return 0.0 if np.array_equal(one, other) else np.inf
    return float(np.max(np.abs(np.subtract(one, other, dtype=np.float64)), initial=0))
