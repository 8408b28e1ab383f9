"""Inputs drawn from the model's signature. Replace them with real ones if you have any.

Numbers lie between 0 and 1, which is where most models' inputs do, and whole numbers
are 0 or 1, which every embedding knows. The same are drawn every time.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import original
from .contract import Tensors, TensorSpec
from .settings import MODELS, SEED

BATCH = 4
LENGTH = 16  # of every other free dimension
VARIATIONS = ((1, 9), (5, 16), (3, 5))  # of both
MOST_NUMBERS = 50_000  # in golden.json, unless one example has more

WORDS = ("", "a", "word", "two words", "Grüße")


def golden() -> Tensors:
    """Return the examples that the contract holds."""
    specs = original.find(MODELS).inputs
    numbers = sum(math.prod(_shape(spec, 1, LENGTH)) for spec in specs.values())
    return draw(specs, max(1, min(BATCH, MOST_NUMBERS // max(numbers, 1))), LENGTH)


def variations() -> list[Tensors]:
    """Return examples in other numbers, and of other sizes where those are free."""
    specs = original.find(MODELS).inputs
    return [draw(specs, batch, length) for batch, length in VARIATIONS]


def draw(specs: dict[str, TensorSpec], batch: int, length: int) -> Tensors:
    """Return one tensor for each input, the same for the same sizes."""
    random = np.random.default_rng(SEED)
    return {
        name: _draw(random, np.dtype(spec.dtype), _shape(spec, batch, length))
        for name, spec in specs.items()
    }


def _shape(spec: TensorSpec, batch: int, length: int) -> tuple[int, ...]:
    free = (batch, *[length] * len(spec.shape))
    return tuple(
        size if wanted is None else wanted
        for size, wanted in zip(free, spec.shape, strict=False)
    )


def _draw(
    random: np.random.Generator, dtype: np.dtype[Any], shape: tuple[int, ...]
) -> NDArray[Any]:
    if dtype.kind == "U":
        return np.asarray(random.choice(WORDS, shape))
    if dtype.kind == "f":
        # Exact in binary, so that they are short as JSON.
        return np.asarray(random.integers(0, 129, shape) / 128).astype(dtype)
    return np.asarray(random.integers(0, 2, shape)).astype(dtype)
