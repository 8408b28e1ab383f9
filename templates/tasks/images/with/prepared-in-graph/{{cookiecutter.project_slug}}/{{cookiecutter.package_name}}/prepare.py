"""From picture files to the model's input: the one place that does it.

Training calls `prepare`; `graph`, which it calls, becomes part of what is served.
TensorFlow ignores the orientation that cameras note in a file: turn pictures first.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import tensorflow as tf

from .contract import Tensors
from .contract.preprocessing import Preprocessing
from .contract.raw import Columns, to_bytes

SAMPLE = 500  # pictures that size, channels, mean and deviation are learnt from
SIDES = (32, 96)  # of the input, at least and at most
STEP = 8  # sides are a multiple of it, so that a network can halve them


def fit(raw: Columns) -> Preprocessing:
    """Return how pictures are prepared, learnt from pictures evenly spread over all."""
    files = raw["image"][:: -(-len(raw["image"]) // SAMPLE)]
    kinds = np.array([kind(file) for file in files])  # height, width, colour
    height, width = map(side, np.median(kinds[:, :2], axis=0))
    channels = 3 if kinds[:, 2].any() else 1
    plain = Preprocessing(height, width, channels, [0.0] * channels, [1.0] * channels)
    pixels = prepare({"image": files}, plain)["image"].reshape(-1, channels)
    mean = pixels.mean(axis=0, dtype=np.float64)
    deviation = np.maximum(pixels.std(axis=0, dtype=np.float64), 1 / 255)
    return replace(plain, mean=mean.tolist(), deviation=deviation.tolist())


def prepare(raw: Columns, how: Preprocessing) -> Tensors:
    """Return the inputs by name, for raw values by column."""
    inputs = graph([tf.constant([to_bytes(file) for file in raw["image"]])], how)
    return {name: tensor.numpy() for name, tensor in inputs.items()}


def raw_specs(_how: Preprocessing) -> list[tf.TensorSpec]:
    """Return the columns that a request has: picture files."""
    return [tf.TensorSpec([None], tf.string, name="image")]


def graph(columns: Sequence[tf.Tensor], how: Preprocessing) -> dict[str, tf.Tensor]:
    """Return the input `image` (count, height, width, channels), for picture files."""
    size = tf.constant([how.height, how.width])
    pixels = resized(columns[0], size)  # in colour
    if how.channels == 1:
        pixels = tf.image.rgb_to_grayscale(pixels)
    pixels = tf.ensure_shape(pixels, [None, how.height, how.width, how.channels])
    return {"image": (pixels - how.mean) / how.deviation}


@tf.function(
    input_signature=[tf.TensorSpec([None], tf.string), tf.TensorSpec([2], tf.int32)]
)
def resized(files: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
    """Return picture files in one size (count, height, width, 3), from 0 to 1.

    What is wider or higher is cropped to its centre, where the subject usually is;
    squeezing it would change the shapes that the network learns.
    """

    def one(file: tf.Tensor) -> tf.Tensor:
        return tf.image.resize(crop(decode(file), size), size, antialias=True)

    return tf.map_fn(one, files, fn_output_signature=tf.float32)


def decode(file: tf.Tensor) -> tf.Tensor:
    """Return a picture in colour (height, width, 3), on black where transparent."""
    pixels = tf.io.decode_image(file, channels=0, expand_animations=False)
    pixels = tf.cast(tf.ensure_shape(pixels, [None, None, None]), tf.float32) / 255
    channels = tf.shape(pixels)[2]  # grey or colour; of 2 or 4, the last is opacity
    colours = channels - 1 + channels % 2
    opacity = tf.where(channels % 2 == 0, pixels[..., -1:], 1.0)
    return pixels[..., :colours] * opacity + tf.zeros(3)


def crop(picture: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
    """Return the largest part around the centre that has the proportions of a size."""
    whole = tf.shape(picture)[:2]
    scale = tf.reduce_min(whole / size)
    part = tf.cast(tf.round(tf.cast(size, scale.dtype) * scale), tf.int32)
    part = tf.clip_by_value(part, 1, whole)
    start = (whole - part) // 2
    return tf.slice(picture, tf.concat([start, [0]], 0), tf.concat([part, [3]], 0))


def kind(file: bytes | Path) -> tuple[int, int, bool]:
    """Return a picture's height and width, and whether it has colours."""
    pixels = decode(tf.constant(to_bytes(file))).numpy()
    return (*pixels.shape[:2], bool((pixels != pixels[..., :1]).any()))


def side(pixels: float) -> int:
    """Return the side of the input for the median side of the pictures."""
    return int(np.clip(round(pixels / STEP) * STEP, *SIDES))


def is_picture(file: bytes | Path) -> bool:
    """Return whether a file can be prepared."""
    try:
        decode(tf.constant(to_bytes(file)))
    except (tf.errors.InvalidArgumentError, OSError):
        return False
    return True
