"""Inputs drawn from the model's signature. Replace them with real ones if you have any.

Numbers lie between 0 and 1, which is where most models' inputs do, and whole numbers
are 0 or 1, which every embedding knows. The same are drawn every time.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .contract import Tensors, original
from .settings import MODELS, SEED

ORIGIN = "drawn"
BATCH = 4
LENGTH = 16  # of every other free dimension
VARIATIONS = ((1, 9), (5, 16), (3, 5))  # of both
MOST_NUMBERS = 50_000  # in golden.json, unless one example has more

# What to do where they do not fit.
FIX = "put others into inputs.py"

WORDS = ("", "a", "word", "two words", "Grüße")


def golden() -> Tensors:
    """Return the examples that the contract holds."""
    numbers = sum(math.prod(shape) for shape in shapes(1, LENGTH).values())
    return draw(max(1, min(BATCH, MOST_NUMBERS // max(numbers, 1))), LENGTH)


def variations() -> list[Tensors]:
    """Return examples in other numbers, and of other sizes where those are free."""
    return [draw(batch, length) for batch, length in VARIATIONS]


def draw(batch: int, length: int) -> Tensors:
    """Return one tensor for each input, the same for the same sizes."""
    random = np.random.default_rng(SEED)
    specs = original.find(MODELS).inputs
    return {
        name: _draw(random, np.dtype(specs[name].dtype), shape)
        for name, shape in shapes(batch, length).items()
    }


def shapes(batch: int, length: int) -> dict[str, tuple[int, ...]]:
    """Return the shape of each input: a first dimension that is free is the batch.

    Dimensions of one name have the size of the first of them.
    """
    named: dict[str, int] = {}

    def size(dimension: original.Dimension, wanted: int) -> int:
        if dimension.size is not None:
            return dimension.size
        free = min(wanted, dimension.most or wanted)
        return named.setdefault(dimension.name, free) if dimension.name else free

    return {
        name: tuple(
            size(dimension, length if axis else batch)
            for axis, dimension in enumerate(dimensions)
        )
        for name, dimensions in original.find(MODELS).dimensions.items()
    }


def _draw(
    random: np.random.Generator, dtype: np.dtype[Any], shape: tuple[int, ...]
) -> NDArray[Any]:
    if dtype.kind == "U":
        return np.asarray(random.choice(WORDS, shape))
    if dtype.kind == "f":
        # Exact in binary, so that they are short as JSON.
        return np.asarray(random.integers(0, 129, shape) / 128).astype(dtype)
    return np.asarray(random.integers(0, 2, shape)).astype(dtype)
