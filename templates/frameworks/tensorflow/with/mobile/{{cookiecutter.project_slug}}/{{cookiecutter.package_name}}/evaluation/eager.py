"""The trained network, run by TensorFlow itself: what exported forms compare with."""

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from .. import model

Predict = Callable[[NDArray[np.float32]], NDArray[Any]]


def ways(network: model.DigitClassifier) -> dict[str, Predict]:
    """Return functions from images to probabilities, by what TensorFlow calls them."""

    def eager(images: NDArray[np.float32]) -> NDArray[Any]:
        # As if `serve` had no decorator.
        tf.config.run_functions_eagerly(True)
        try:
            return model.predict(network, images)
        finally:
            tf.config.run_functions_eagerly(False)

    return {
        "eager": eager,
        "tf.function": lambda images: model.predict(network, images),
    }
