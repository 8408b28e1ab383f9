"""Rebuild the models that were served when the answers were recorded.

Run with an interpreter that has TensorFlow and Keras: `build_models.py FOLDER`. Each
model is `FOLDER/<name>/<version>`. The formulas are in README.md beside this file.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

FLOAT_ROWS = tf.TensorSpec([None], tf.float32, name="x")
IDENTITIES = [
    "float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64",
    "uint8", "uint16", "uint32", "uint64", "bool", "complex64",
]  # fmt: skip


def main(folder: Path) -> None:
    """Write every model."""
    half_plus_two(folder / "half_plus_two" / "1")
    digits(folder / "digits" / "1")
    mixed(folder / "mixed" / "1")
    blob(folder / "blob" / "1")
    for name in ("multi", "latest"):
        save(folder / name / "1", serving_default=scaled(lambda x: x + 1))
        save(folder / name / "2", serving_default=scaled(lambda x: x * 10))
    save(folder / "spare" / "3", serving_default=scaled(lambda x: x * 2))
    dtypes(folder / "dtypes" / "1")
    kmulti(folder / "kmulti" / "1")
    slow(folder / "slow" / "1")


def save(path: Path, **signatures: Any) -> None:
    """Write functions as the signatures of a SavedModel."""
    module = tf.Module()
    module.signatures_kept_alive = signatures
    tf.saved_model.save(module, str(path), signatures=signatures)


def function(
    *specs: tf.TensorSpec,
) -> Callable[[Callable[..., dict[str, tf.Tensor]]], Any]:
    """Return a decorator that traces a function for these inputs."""
    return lambda call: tf.function(call, input_signature=list(specs))


def scaled(formula: Callable[[tf.Tensor], tf.Tensor]) -> Any:
    """Return a signature from x to y."""
    return function(FLOAT_ROWS)(lambda x: {"y": formula(x)})


def half_plus_two(path: Path) -> None:
    """x/2+2, as a prediction, a regression and a classification."""
    examples = tf.TensorSpec([None], tf.string, name="inputs")

    def parsed(inputs: tf.Tensor) -> tf.Tensor:
        feature = {"x": tf.io.FixedLenFeature([1], tf.float32)}
        return tf.io.parse_example(inputs, feature)["x"]

    def classes(inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        x = parsed(inputs)
        names = tf.tile([["pos", "neg"]], [tf.shape(x)[0], 1])
        return {"scores": tf.concat([x, 1 - x], 1), "classes": names}

    save(
        path,
        serving_default=scaled(lambda x: x * 0.5 + 2),
        regress_x_to_y=function(examples)(
            lambda inputs: {"outputs": parsed(inputs) * 0.5 + 2}
        ),
        classify_x_to_y=function(examples)(
            lambda inputs: {"scores": parsed(inputs) * 0.5 + 2}
        ),
        classify_two=function(examples)(classes),
    )


def digits(path: Path) -> None:
    """A small convolutional network with weights from a formula."""
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(16, 3, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.set_weights([formula_weights(w.shape) for w in model.get_weights()])
    model(np.zeros((1, 8, 8, 1), np.float32))
    model.export(str(path), format="tf_saved_model", verbose=False)


def formula_weights(shape: tuple[int, ...]) -> np.ndarray:
    """Return weights that anyone can compute."""
    k = np.arange(np.prod(shape), dtype=np.int64)
    return (((k * 37 + 11) % 101 - 50) / 250.0).astype(np.float32).reshape(shape)


def mixed(path: Path) -> None:
    """Two inputs of different types, in four signatures."""
    inputs = (
        tf.TensorSpec([None, 3], tf.int64, name="ids"),
        tf.TensorSpec([None], tf.string, name="tag"),
    )
    traced = function(*inputs)
    save(
        path,
        serving_default=traced(
            lambda ids, tag: {"total": tf.reduce_sum(ids, 1), "label": tag + "!"}
        ),
        one_out=traced(lambda ids, tag: {"total": tf.reduce_sum(ids, 1)}),  # noqa: ARG005
        uneven=traced(
            lambda ids, tag: {  # noqa: ARG005
                "rows": tf.reduce_sum(ids, 1),
                "all": tf.reshape(ids, [-1]),
            }
        ),
        scalar_out=traced(lambda ids, tag: {"sum": tf.reduce_sum(ids)}),  # noqa: ARG005
    )


def blob(path: Path) -> None:
    """Bytes and strings in and out."""
    image = function(tf.TensorSpec([None], tf.string, name="image_bytes"))

    def length(image_bytes: tf.Tensor) -> tf.Tensor:
        return tf.strings.length(image_bytes)

    save(
        path,
        serving_default=image(
            lambda image_bytes: {
                "length": length(image_bytes),
                "echo": tf.identity(image_bytes),
                "echo_bytes": tf.identity(image_bytes),
            }
        ),
        length=image(lambda image_bytes: {"length": length(image_bytes)}),
        echo=image(lambda image_bytes: {"echo": tf.identity(image_bytes)}),
        echo_bytes=image(lambda image_bytes: {"echo_bytes": tf.identity(image_bytes)}),
        upper=function(tf.TensorSpec([None, None], tf.string, name="text"))(
            lambda text: {"upper": tf.strings.upper(text, encoding="utf-8")}
        ),
        scalar=function(tf.TensorSpec([], tf.string, name="text"))(
            lambda text: {"out": text + "?"}
        ),
    )


def dtypes(path: Path) -> None:
    """One identity for each data type, and arithmetic that goes wrong."""
    identities = {
        f"id_{name}": function(tf.TensorSpec([None], name, name="x"))(
            lambda x: {"y": tf.identity(x)}
        )
        for name in IDENTITIES
    }
    pairs = tf.TensorSpec([None, 2], tf.float32, name="x")
    triples = tf.TensorSpec([None, 3], tf.float32, name="x")
    doubles = tf.TensorSpec([None], tf.float64, name="x")
    matrix = tf.constant([[0, 1], [2, 3], [4, 5]], tf.float32)
    save(
        path,
        **identities,
        serving_default=function(pairs)(lambda x: {"y": tf.identity(x)}),
        log=scaled(tf.math.log),
        div=scaled(lambda x: x / 0.0),
        third64=function(doubles)(lambda x: {"y": x / 3.0}),
        third32=scaled(lambda x: x / 3.0),
        matmul=function(triples)(lambda x: {"y": x @ matrix}),
        empty_inner=scaled(lambda x: tf.zeros([tf.shape(x)[0], 0])),
        assert_pos=scaled(
            lambda x: tf.sqrt(tf.debugging.check_numerics(x, "not a number"))
        ),
        any_rank=function(tf.TensorSpec(None, tf.float32, name="x"))(
            lambda x: {"y": 2.0 * x}
        ),
    )


def kmulti(path: Path) -> None:
    """A Keras model with two named inputs and two named outputs."""
    a, b = keras.Input((2,), name="a"), keras.Input((1,), name="b")
    outputs = {
        "sum": keras.layers.Add()([a, b]),
        "product": keras.layers.Multiply()([a, b]),
    }
    model = keras.Model({"a": a, "b": b}, outputs)
    model({"a": np.zeros((1, 2), np.float32), "b": np.zeros((1, 1), np.float32)})
    model.export(str(path), format="tf_saved_model", verbose=False)


def slow(path: Path) -> None:
    """For 1 nothing; for more, a hundred multiplications of large matrices each.

    On any machine, 1 is answered before a timeout, and 200 are not.
    """

    @tf.function(input_signature=[tf.TensorSpec([None], tf.int32, name="n")])
    def multiply(n: tf.Tensor) -> dict[str, tf.Tensor]:
        product = tf.eye(1000)
        for _ in tf.range((n[0] - 1) * 100):
            product = product @ tf.eye(1000)
        return {"y": tf.cast(n, tf.float32) * product[0, 0]}

    save(path, serving_default=multiply)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
