"""The data to train on. Replace `read` with your own; the rest of the project follows.

Here: patches of the two photographs that scikit-learn carries, a temple and a flower.
"""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.datasets import load_sample_images

from .contract.dataset import Dataset, Examples, split
from .contract.raw import column

LABELS = ["china", "flower"]
SIDE = 32  # pixels of a patch


def read() -> Examples:
    """Return every patch as a picture file, as the service gets them, and its label.

    No two patches overlap, so the test examples hold no pixel that was trained on.
    """
    photographs = load_sample_images().images  # each (427, 640, 3), uint8
    files = [_to_file(patch) for photo in photographs for patch in patches(photo)]
    targets = np.arange(len(LABELS)).repeat(len(files) // len(LABELS))
    return Examples({"image": column(files)}, targets, LABELS)


def load() -> Dataset:
    """Return the examples in three parts, for training, watching it, and testing."""
    return split(read())


def patches(photo: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """Return the squares of a grid over a picture (height, width, 3)."""
    height, width, _ = photo.shape
    return [
        photo[top : top + SIDE, left : left + SIDE]
        for top in range(0, height - SIDE + 1, SIDE)
        for left in range(0, width - SIDE + 1, SIDE)
    ]


def _to_file(pixels: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()
