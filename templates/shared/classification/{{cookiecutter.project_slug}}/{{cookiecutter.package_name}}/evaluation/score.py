"""How good answers are: the share of them that are right."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..contract.tensors import Tensors

METRIC = "accuracy"


def score(targets: NDArray[np.int64], outputs: Tensors) -> float:
    """Return the share of examples whose most probable class is theirs, 0 to 1."""
    return float((outputs["probabilities"].argmax(axis=1) == targets).mean())


def baseline(train: NDArray[Any], test: NDArray[Any]) -> float:
    """Return the score of always answering with the most frequent class."""
    return float((test == np.bincount(train).argmax()).mean())
