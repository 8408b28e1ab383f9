"""Write models with random weights in each of TensorFlow's and Keras' formats.

python write_tensorflow.py FOLDER
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf


def two_in_two_out() -> keras.Model:
    """A functional model with an integer input, as ranking models have."""
    item = keras.Input((3,), dtype="int32", name="item")
    price = keras.Input((2,), name="price")
    embedded = keras.layers.Flatten()(keras.layers.Embedding(50, 4)(item))
    joined = keras.layers.Concatenate()([embedded, price])
    score = keras.layers.Dense(1, name="score")(joined)
    group = keras.layers.Dense(5, activation="softmax", name="group")(joined)
    return keras.Model([item, price], [score, group], name="ranker")


def dict_in_dict_out() -> keras.Model:
    """Keys in another order than the layers, and than the alphabet."""
    zed, alpha = keras.Input((3,), name="zed"), keras.Input((3,), name="alpha")
    more = keras.layers.Add(name="b")([zed, alpha])
    less = keras.layers.Subtract(name="a")([zed, alpha])
    inputs = {"zed": zed, "alpha": alpha}
    return keras.Model(inputs, {"sum": more, "left": less, "alpha": alpha})


def one_layer_twice() -> keras.Model:
    """Two outputs of one layer, and an input as a third."""
    left, right = keras.Input((3,), name="left"), keras.Input((3,), name="right")
    scale = keras.layers.Rescaling(2.0, name="scale")
    return keras.Model([left, right], [scale(left), left, scale(right)])


def free_sequence() -> keras.Model:
    """An LSTM over sequences of any length."""
    layers = [keras.Input((None, 6)), keras.layers.LSTM(8), keras.layers.Dense(2)]
    return keras.Sequential(layers)


class Greeter(tf.Module):
    """A string in, a string and its length out."""

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "name")])
    def __call__(self, name: tf.Tensor) -> dict[str, tf.Tensor]:
        """Return the greeting and the length of the name."""
        return {"greeting": "Hello " + name, "length": tf.strings.length(name)}


class Looker(tf.Module):
    """Encoded images in, as many models that are served take them."""

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "image_bytes")])
    def __call__(self, image_bytes: tf.Tensor) -> dict[str, tf.Tensor]:
        """Return the mean brightness of each image, from 0 to 255."""
        return {
            "brightness": tf.map_fn(
                brightness, image_bytes, fn_output_signature=tf.float32
            )
        }


def brightness(image_bytes: tf.Tensor) -> tf.Tensor:
    """Return the mean of all pixels of one image."""
    return tf.reduce_mean(tf.cast(tf.io.decode_png(image_bytes), tf.float32))


def write_pictures(folder: Path) -> None:
    """Write examples for it, as JSON and in numpy's format."""
    shapes = [(4 + number, 5, 1) for number in range(6)]
    pixels = [
        tf.fill(shape, tf.cast(40 * shape[0] - 160, tf.uint8)) for shape in shapes
    ]
    pictures = [tf.io.encode_png(image).numpy() for image in pixels]
    encoded = [{"b64": base64.b64encode(one).decode()} for one in pictures]
    (folder / "pictures.json").write_text(json.dumps({"image_bytes": encoded}))
    np.savez(folder / "pictures.npz", image_bytes=pictures)


class Determinant(tf.Module):
    """What LiteRT computes with TensorFlow's own operators alone."""

    @tf.function(input_signature=[tf.TensorSpec([2, 2], tf.float32, "matrix")])
    def __call__(self, matrix: tf.Tensor) -> dict[str, tf.Tensor]:
        """Return the logarithm of the determinant."""
        return {"logarithm": tf.linalg.logdet(matrix)}


def write(folder: Path) -> None:
    """Write every model."""
    ranker = two_in_two_out()
    ranker([tf.zeros((1, 3), tf.int32), tf.zeros((1, 2))])
    ranker.save(folder / "ranker.keras")
    ranker.save(folder / "ranker.h5")
    ranker.export(folder / "ranker", verbose=False)
    ranker.export(folder / "ranker.onnx", format="onnx", verbose=False)
    free_sequence().save(folder / "sequence.keras")
    dict_in_dict_out().save(folder / "dicts.keras")
    one_layer_twice().save(folder / "twice.keras")
    doubled = keras.layers.Lambda(lambda x: x * 2, name="double")
    keras.Sequential([keras.Input((2,)), doubled]).save(folder / "lambda.keras")
    keras.Sequential([keras.Input((2,)), doubled]).save(folder / "lambda.h5")
    network = keras.applications.MobileNetV3Small((96, 96, 3), weights=None)
    network.save(folder / "mobilenet.keras")
    greeter = Greeter()
    tf.saved_model.save(greeter, str(folder / "greeter"))
    tf.saved_model.save(Looker(), str(folder / "looker"))
    write_pictures(folder)
    converter = tf.lite.TFLiteConverter.from_keras_model(ranker)
    (folder / "ranker.tflite").write_bytes(converter.convert())
    determinant = Determinant()
    function = determinant.__call__.get_concrete_function()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function], determinant)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.SELECT_TF_OPS]
    (folder / "determinant.tflite").write_bytes(converter.convert())


if __name__ == "__main__":
    write(Path(sys.argv[1]))
