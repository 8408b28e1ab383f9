"""Convert the Keras network to a SavedModel."""

from pathlib import Path

import keras
import tensorflow as tf

from . import encoded_images


def write_artifact(network: keras.Model, path: Path) -> None:
    """Write the network with two signatures: for images, and for image files."""
    archive = keras.export.ExportArchive()
    archive.track(network)
    serve = archive.add_endpoint(
        "serving_default",
        lambda image: {"probabilities": network(image, training=False)},
        [tf.TensorSpec(network.input_shape, tf.float32, name="image")],
    )

    # Decoding is TensorFlow's, whichever backend computes what comes after it.
    @tf.function(input_signature=[encoded_images.SPEC])
    def serve_files(image_bytes: tf.Tensor) -> dict[str, tf.Tensor]:
        return serve(encoded_images.decode(image_bytes))

    serve_files.get_concrete_function()
    archive.add_endpoint(encoded_images.SIGNATURE, serve_files)
    archive.write_out(str(path), verbose=False)
