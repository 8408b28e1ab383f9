"""Image files to inputs, inside the graph, so that a caller can send a file."""

import tensorflow as tf

from ..data import PREPROCESSING

SIGNATURE = "encoded_images"
SPEC = tf.TensorSpec([None], tf.string, name="image_bytes")


def decode(image_bytes: tf.Tensor) -> tf.Tensor:
    """Return PNG, JPEG, GIF or BMP files (batch,) as images (batch, 8, 8)."""
    return tf.map_fn(_decode_one, image_bytes, fn_output_signature=tf.float32)


def _decode_one(image_bytes: tf.Tensor) -> tf.Tensor:
    size = (PREPROCESSING.height, PREPROCESSING.width)
    pixels = tf.io.decode_image(image_bytes, channels=3, expand_animations=False)
    pixels = tf.ensure_shape(pixels, [None, None, 3])  # (height, width, 3), 0 to 255
    grey = tf.image.rgb_to_grayscale(pixels)
    resized = tf.image.resize(grey, size, method="area")
    return tf.ensure_shape(resized[..., 0], size) * PREPROCESSING.scale
