"""Convert the Keras network to LiteRT."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ..data import IMAGE_SHAPE
from .litert import converted, quantizing, tracing


def write_artifact(network: keras.Model, path: Path) -> None:
    """Write a model for one example at a time, with one named input and output.

    Raises ContractError where LiteRT cannot express the network.
    """
    with converter(network) as exact:
        path.write_bytes(converted(exact))


def write_quantized(
    network: keras.Model, path: Path, examples: NDArray[np.float32]
) -> None:
    """Write the model in int8, its ranges taken from the examples."""
    with converter(network) as exact:
        path.write_bytes(converted(quantizing(exact, examples)))


@contextmanager
def converter(network: keras.Model) -> Iterator[tf.lite.TFLiteConverter]:
    """Lend a converter that reads the network from a folder."""
    image = tf.TensorSpec((1, *IMAGE_SHAPE), tf.float32, name="image")
    archive = keras.export.ExportArchive()
    with tempfile.TemporaryDirectory() as folder:
        with tracing():
            archive.track(network)
            archive.add_endpoint(
                "serve",
                lambda image: {"probabilities": network(image, training=False)},
                input_signature=[image],
            )
            archive.write_out(folder, verbose=False)
        yield tf.lite.TFLiteConverter.from_saved_model(folder)
