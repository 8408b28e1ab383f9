"""The data to train on. Replace `read` with your own; the rest of the project follows.

Here: the UCI handwritten digits that scikit-learn carries, 1,797 images of 8x8 pixels.
https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits
"""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.datasets import load_digits

from .contract.dataset import Dataset, Examples, split
from .contract.raw import column

LABELS = [str(digit) for digit in range(10)]


def read() -> Examples:
    """Return every digit as a picture file, as the service gets them, and its label."""
    digits = load_digits()  # ink from 0 to 16
    files = map(_to_file, (digits.images * 255 / 16).round().astype(np.uint8))
    return Examples({"image": column(files)}, digits.target.astype(np.int64), LABELS)


def load() -> Dataset:
    """Return the examples in three parts, for training, watching it, and testing."""
    return split(read())


def _to_file(pixels: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()
