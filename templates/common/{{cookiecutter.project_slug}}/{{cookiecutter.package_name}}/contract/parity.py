"""Parity: how close served outputs are to those of the training framework."""

from dataclasses import dataclass

import numpy as np

from .files import ContractError
from .tensors import Tensors, distance


@dataclass(frozen=True)
class Tolerance:
    """How far a served output may lie from the training framework's."""

    absolute: float = 1e-5
    relative: float = 1e-4


def check_parity(expected: Tensors, actual: Tensors, tolerance: Tolerance) -> float:
    """Return the largest difference; raise ContractError where it is too large."""
    largest = 0.0
    limits = (tolerance.relative, tolerance.absolute)  # in NumPy's order
    for name, want in expected.items():
        if name not in actual:
            raise ContractError(f"The artifact has no output {name!r}.")
        got = actual[name]
        if got.shape != want.shape:
            raise ContractError(f"{name!r} has shape {got.shape}, not {want.shape}.")
        off = distance(got, want)
        # Texts that differ are infinitely far apart, and no numbers to compare.
        if off and (off == np.inf or not np.allclose(got, want, *limits)):
            raise ContractError(f"{name!r} is off the trained model by {off:g}.")
        largest = max(largest, off)
    return largest
