"""The data to train on. Replace `load` with your own; the rest of the project follows.

Here: the UCI handwritten digits that scikit-learn carries, 1,797 images of 8x8 pixels.
https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from .contract.task import Preprocessing
from .settings import SEED

LABELS = [str(digit) for digit in range(10)]
IMAGE_SHAPE = (8, 8)

# What turns the pixels of an image file, 0 to 255, into what the model was trained on.
PREPROCESSING = Preprocessing(height=8, width=8, layout="NHW", scale=1 / 255)


class Split(NamedTuple):
    """Images as float32 from 0 (paper) to 1 (ink), with their labels as int64."""

    images: NDArray[np.float32]  # (count, height, width)
    labels: NDArray[np.int64]  # (count,)


class Dataset(NamedTuple):
    """What the model learns from, what training watches, and what it never sees."""

    train: Split
    validation: Split
    test: Split


def load() -> Dataset:
    """Return the digits in the same three parts every time: 70, 10 and 20 percent."""
    digits = load_digits()
    images = (digits.images / 16).astype(np.float32)
    labels = digits.target.astype(np.int64)
    rest, test = _split(Split(images, labels), share=0.2)
    train, validation = _split(rest, share=0.125)
    return Dataset(train, validation, test)


def _split(whole: Split, share: float) -> tuple[Split, Split]:
    parts = train_test_split(
        *whole, test_size=share, stratify=whole.labels, random_state=SEED
    )
    first_images, second_images, first_labels, second_labels = parts
    return Split(first_images, first_labels), Split(second_images, second_labels)
