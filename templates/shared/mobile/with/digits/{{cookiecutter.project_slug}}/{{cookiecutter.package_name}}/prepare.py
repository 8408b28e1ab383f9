"""Turn a grey picture into the model's input, as `signature.json` says.

An app does the same on the phone, in its own language: change both together.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .contract import ContractError
from .contract.task import Preprocessing

# The orders of axes in which the values of a grey picture follow each other row by row.
LAYOUTS = ("NHW", "NHWC", "NCHW")


def to_input(picture: NDArray[Any], how: Preprocessing) -> NDArray[np.float32]:
    """Return the input for one picture of grey values (height, width), 0 to 255.

    Raises ContractError for a layout that is not one of LAYOUTS.
    """
    if how.layout not in LAYOUTS:
        raise ContractError(
            f"signature.json has the layout {how.layout}, and apps know only "
            f"{', '.join(LAYOUTS)}: use one of these in data.py, and export again."
        )
    rows = shares(picture.shape[0], how.height)
    columns = shares(picture.shape[1], how.width)
    values = rows @ picture @ columns.T * how.scale
    sizes = {"N": 1, "H": how.height, "W": how.width, "C": 1}
    shape = [sizes[axis] for axis in how.layout]
    return values.astype(np.float32).reshape(shape)


def shares(source: int, target: int) -> NDArray[np.float64]:
    """Return how much of each target pixel each source pixel makes up.

    The shape is (target, source); each row adds up to one.
    """
    step = source / target
    start = np.arange(target)[:, np.newaxis] * step
    pixels = np.arange(source)
    overlap = np.minimum(start + step, pixels + 1) - np.maximum(start, pixels)
    return np.clip(overlap, 0, None) / step
