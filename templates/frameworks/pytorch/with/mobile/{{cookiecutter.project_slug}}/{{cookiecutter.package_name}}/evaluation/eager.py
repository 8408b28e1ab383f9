"""The trained network, run by PyTorch itself: what exported forms are compared with."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ..model import with_probabilities

Predict = Callable[[NDArray[np.float32]], NDArray[Any]]


def ways(network: nn.Module) -> dict[str, Predict]:
    """Return the functions from images to probabilities, by what PyTorch calls them."""
    served = with_probabilities(network)

    def eager(images: NDArray[np.float32]) -> NDArray[Any]:
        with torch.inference_mode():
            return served(torch.from_numpy(images)).numpy()

    return {"eager": eager}
