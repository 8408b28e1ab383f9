"""What is to be predicted: a number for a row."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .files import ContractError


def targets_of(
    values: NDArray[Any], name: str
) -> tuple[NDArray[np.float32], list[str]]:
    """Return the numbers of a column, and what they are called.

    Raises ContractError if some are none.
    """
    if values.dtype.kind != "f":
        raise ContractError(f"The column {name} has values that are not numbers.")
    return values.astype(np.float32), [name]
