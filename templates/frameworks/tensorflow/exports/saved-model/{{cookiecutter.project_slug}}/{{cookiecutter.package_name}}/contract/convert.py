"""Write the serving graph as a SavedModel."""

from pathlib import Path

import tensorflow as tf

from ..model import DigitClassifier
from . import encoded_images


def write_artifact(network: DigitClassifier, path: Path) -> None:
    """Write two signatures, for images and for image files, and the variables."""

    @tf.function(input_signature=[encoded_images.SPEC])
    def serve_files(image_bytes: tf.Tensor) -> dict[str, tf.Tensor]:
        return network.serve(encoded_images.decode(image_bytes))

    signatures = {
        "serving_default": network.serve,
        encoded_images.SIGNATURE: serve_files,
    }
    tf.saved_model.save(network, str(path), signatures=signatures)
