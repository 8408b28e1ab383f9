"""From picture files to the model's input: the one place that does it.

Training, export, client and service call `prepare`. An app does the same on the phone,
in its own language: keep the two in step.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .contract import ContractError, Tensors
from .contract.pictures import open_picture
from .contract.preprocessing import Preprocessing
from .contract.raw import Columns

INK = 64  # of 255; what is darker is paper

# The orders of axes that keep the values of a grey picture row by row.
LAYOUTS = ("NHW", "NHWC", "NCHW")


def fit(_raw: Columns) -> Preprocessing:
    """Return how pictures are prepared; here, nothing is learnt from the examples."""
    return Preprocessing(height=8, width=8, layout="NHW", scale=1 / 255)


def prepare(raw: Columns, how: Preprocessing) -> Tensors:
    """Return the input `image` for picture files with light ink on dark paper.

    Raises RawError for what is no picture.
    """
    pictures = [np.asarray(open_picture(file, "L")) for file in raw["image"]]
    return {"image": np.concatenate([to_input(crop(one), how) for one in pictures])}


def to_input(picture: NDArray[Any], how: Preprocessing) -> NDArray[np.float32]:
    """Return the input for one picture of grey values (height, width), 0 to 255.

    Raises ContractError for a layout that is not one of LAYOUTS.
    """
    if how.layout not in LAYOUTS:
        raise ContractError(
            f"The layout {how.layout} is not one of {', '.join(LAYOUTS)}, which are "
            "all that apps know: use one of these in prepare.py, and train again."
        )
    rows = shares(picture.shape[0], how.height)
    columns = shares(picture.shape[1], how.width)
    values = rows @ picture.astype(np.float32) @ columns.T * how.scale
    sizes = {"N": 1, "H": how.height, "W": how.width, "C": 1}
    return values.reshape([sizes[axis] for axis in how.layout]).astype(np.float32)


def crop(picture: NDArray[Any]) -> NDArray[Any]:
    """Return the square around the ink, on paper: a digit fills its picture."""
    rows, columns = np.nonzero(picture >= INK)
    if not len(rows):
        rows, columns = np.indices(picture.shape).reshape(2, -1)
    top, left = rows.min(), columns.min()
    ink = picture[top : rows.max() + 1, left : columns.max() + 1]
    side = max(ink.shape)
    square = np.zeros((side, side), picture.dtype)
    above, before = (side - ink.shape[0]) // 2, (side - ink.shape[1]) // 2
    square[above : above + ink.shape[0], before : before + ink.shape[1]] = ink
    return square


def shares(source: int, target: int) -> NDArray[np.float32]:
    """Return the share of each target pixel that each source pixel covers.

    The shape is (target, source); each row adds up to one.
    """
    step = source / target
    start = np.arange(target)[:, np.newaxis] * step
    pixels = np.arange(source)
    overlap = np.minimum(start + step, pixels + 1) - np.maximum(start, pixels)
    return (np.clip(overlap, 0, None) / step).astype(np.float32)
