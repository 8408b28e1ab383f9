"""The second signature: image files, decoded in the graph."""

import numpy as np
import tensorflow as tf

from {{ cookiecutter.package_name }} import contract
from {{ cookiecutter.package_name }}.client.rest import Client


def test_image_files_give_what_the_same_images_give(
    client: Client, signature: contract.Signature, golden: contract.Golden
) -> None:
    """The graph decodes, resizes and scales a file eight times as large."""
    pixels = (golden.inputs["image"][0] * 255).astype(np.uint8)
    large = pixels.repeat(8, axis=0).repeat(8, axis=1)[..., np.newaxis]
    file = bytes(tf.io.encode_png(large).numpy())
    served = client.predict({"image_bytes": [file]}, "encoded_images")
    image = pixels[np.newaxis] * signature.task.preprocessing.scale
    expected = client.predict({"image": image})
    contract.check_parity(expected, served, signature.tolerance)
