"""How good answers are: the share of the targets' variance that they explain."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..contract.tensors import Tensors

METRIC = "r2"


def score(targets: NDArray[np.float32], outputs: Tensors) -> float:
    """Return 1 where all answers are right, 0 for as good as the targets' mean."""
    return r2(targets, outputs["value"])


def baseline(train: NDArray[Any], test: NDArray[Any]) -> float:
    """Return the score of always answering with the mean of the training part."""
    return r2(test, np.full(len(test), train.mean(dtype=np.float64)))


def r2(targets: NDArray[Any], values: NDArray[Any]) -> float:
    """Return one minus the squared error's share of the variance."""
    wanted = targets.astype(np.float64)
    variance = wanted.var() or 1.0
    return float(1 - np.mean((wanted - values) ** 2) / variance)
