"""From picture files to the model's input: the one place that does it.

Training calls `prepare`; `graph`, which it calls, becomes part of what is served.
"""

from collections.abc import Sequence

import tensorflow as tf

from .contract import Tensors
from .contract.preprocessing import Preprocessing
from .contract.raw import Columns

INK = 64  # of 255; what is darker is paper


def fit(_raw: Columns) -> Preprocessing:
    """Return how pictures are prepared; here, nothing is learnt from the examples."""
    return Preprocessing(height=8, width=8, layout="NHW", scale=1 / 255)


def prepare(raw: Columns, how: Preprocessing) -> Tensors:
    """Return the inputs by name, for raw values by column."""
    inputs = graph([tf.constant(list(raw["image"]))], how)
    return {name: tensor.numpy() for name, tensor in inputs.items()}


def raw_specs(_how: Preprocessing) -> list[tf.TensorSpec]:
    """Return the columns that a request has: picture files."""
    return [tf.TensorSpec([None], tf.string, name="image")]


def graph(columns: Sequence[tf.Tensor], how: Preprocessing) -> dict[str, tf.Tensor]:
    """Return the input `image` for picture files with light ink on dark paper."""

    def one(file: tf.Tensor) -> tf.Tensor:
        pixels = tf.io.decode_image(file, channels=3, expand_animations=False)
        pixels = tf.ensure_shape(pixels, [None, None, 3])  # (height, width, 3)
        square = crop(tf.image.rgb_to_grayscale(pixels)[..., 0])
        size = (how.height, how.width)
        resized = tf.image.resize(square[..., tf.newaxis], size, method="area")
        return tf.ensure_shape(resized[..., 0], size) * how.scale

    return {"image": tf.map_fn(one, columns[0], fn_output_signature=tf.float32)}


def crop(picture: tf.Tensor) -> tf.Tensor:
    """Return the square around the ink, on paper: a digit fills its picture."""
    ink = tf.where(picture >= INK)  # (count, 2): rows and columns
    ink = tf.cond(tf.size(ink) > 0, lambda: ink, lambda: tf.where(picture >= 0))
    start, end = tf.reduce_min(ink, axis=0), tf.reduce_max(ink, axis=0) + 1
    box = tf.slice(picture, start, end - start)
    side = tf.reduce_max(end - start)
    before = (side - (end - start)) // 2
    return tf.pad(box, tf.stack([before, side - (end - start) - before], axis=1))
