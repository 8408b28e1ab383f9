"""Convert the Keras network to a SavedModel."""

from pathlib import Path

import keras
import tensorflow as tf


def write_artifact(network: keras.Model, path: Path) -> None:
    """Write the network with one named signature and a free batch dimension."""
    archive = keras.export.ExportArchive()
    archive.track(network)
    archive.add_endpoint(
        "serving_default",
        lambda image: {"probabilities": network(image, training=False)},
        [tf.TensorSpec(network.input_shape, tf.float32, name="image")],
    )
    archive.write_out(str(path), verbose=False)
