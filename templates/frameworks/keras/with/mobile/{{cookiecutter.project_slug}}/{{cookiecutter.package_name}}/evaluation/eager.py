"""The trained network, run by Keras itself: what exported forms are compared with."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from .. import model

Predict = Callable[[NDArray[np.float32]], NDArray[Any]]


def ways(network: keras.Model) -> dict[str, Predict]:
    """Return the functions from images to probabilities, by what Keras calls them."""

    def eager(images: NDArray[np.float32]) -> NDArray[Any]:
        return keras.ops.convert_to_numpy(network(images, training=False))

    return {
        "eager": eager,
        "model.predict": lambda images: model.predict(network, images),
    }
