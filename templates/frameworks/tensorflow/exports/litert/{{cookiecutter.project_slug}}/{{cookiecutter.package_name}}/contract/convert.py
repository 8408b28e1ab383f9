"""Convert the serving graph to LiteRT."""

from pathlib import Path

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ..data import IMAGE_SHAPE
from ..model import DigitClassifier
from .litert import converted, quantizing, tracing


def write_artifact(network: DigitClassifier, path: Path) -> None:
    """Write a model for one example at a time, with its named input and output.

    Raises ContractError where LiteRT cannot express the network.
    """
    path.write_bytes(converted(converter(network)))


def write_quantized(
    network: DigitClassifier, path: Path, examples: NDArray[np.float32]
) -> None:
    """Write the model in int8, its ranges taken from the examples."""
    path.write_bytes(converted(quantizing(converter(network), examples)))


def converter(network: DigitClassifier) -> tf.lite.TFLiteConverter:
    """Return a converter for the network's serving graph."""

    @tf.function(
        input_signature=[tf.TensorSpec((1, *IMAGE_SHAPE), tf.float32, name="image")]
    )
    def serve_one(image: tf.Tensor) -> dict[str, tf.Tensor]:
        return network.serve(image)

    with tracing():
        graphs = [serve_one.get_concrete_function()]
    return tf.lite.TFLiteConverter.from_concrete_functions(graphs, network)
