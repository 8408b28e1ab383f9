"""Convert the Keras network to a SavedModel."""

from pathlib import Path

import keras
import tensorflow as tf

from . import encoded_images


def write_artifact(network: keras.Model, path: Path) -> None:
    """Write the network with two signatures: for images, and for image files."""
    archive = keras.export.ExportArchive()
    archive.track(network)
    archive.add_endpoint(
        "serving_default",
        lambda image: {"probabilities": network(image, training=False)},
        [tf.TensorSpec(network.input_shape, tf.float32, name="image")],
    )
    archive.add_endpoint(
        encoded_images.SIGNATURE,
        lambda image_bytes: {
            "probabilities": network(encoded_images.decode(image_bytes), training=False)
        },
        [encoded_images.SPEC],
    )
    archive.write_out(str(path), verbose=False)
