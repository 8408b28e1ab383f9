"""Convert the Keras network to LiteRT."""

import tempfile
from pathlib import Path

import keras
import tensorflow as tf

from .data import IMAGE_SHAPE
from .litert import converted


def write_artifact(network: keras.Model, path: Path) -> None:
    """Write a model for one example at a time, with one named input and output.

    Raises ContractError where LiteRT cannot express the network.
    """
    archive = keras.export.ExportArchive()
    archive.track(network)
    archive.add_endpoint(
        "serve",
        lambda image: {"probabilities": network(image, training=False)},
        input_signature=[tf.TensorSpec((1, *IMAGE_SHAPE), tf.float32, name="image")],
    )
    with tempfile.TemporaryDirectory() as folder:
        archive.write_out(folder, verbose=False)
        path.write_bytes(converted(tf.lite.TFLiteConverter.from_saved_model(folder)))
