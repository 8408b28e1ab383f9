"""Keras on TensorFlow: layers, compile and fit."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import tensorflow as tf
import tf2onnx
from keras import layers
from onnx_session import one_thread_session

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)

VERSION = f"Keras {keras.__version__} on TensorFlow {tf.__version__}"
BATCH = 64
SPEC = tf.TensorSpec((None, 8, 8), tf.float32, name="image")

network = keras.Sequential(
    [
        keras.Input((8, 8)),
        layers.Reshape((8, 8, 1)),
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(64, 3, padding="same", activation="relu"),
        layers.Flatten(),
        layers.Dense(10),
        layers.Softmax(),
    ]
)


def trainers(images: Any, labels: Any) -> dict[str, Callable[[int], None]]:
    """Return ways to train for some epochs."""
    return {
        "eager": _trainer(images, labels, run_eagerly=True),
        "compiled": _trainer(images, labels, run_eagerly=False),
    }


def _trainer(images: Any, labels: Any, run_eagerly: bool) -> Callable[[int], None]:
    # A model of its own for each way, as compile belongs to the model; same layers.
    model = keras.Sequential(network.layers)
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3),
        loss="sparse_categorical_crossentropy",
        run_eagerly=run_eagerly,
    )
    whole = len(labels) // BATCH * BATCH

    def train(epochs: int) -> None:
        model.fit(
            images[:whole], labels[:whole], batch_size=BATCH, epochs=epochs, verbose=0
        )

    return train


def finish(images: Any, labels: Any) -> float:
    """Return the accuracy on what it was trained on: proof that it learns."""
    guesses = network.predict(images, verbose=0).argmax(axis=1)
    return float((guesses == labels).mean())


def predictors() -> dict[str, Callable[[Any], Any]]:
    """Return ways to get probabilities (batch, 10) for images (batch, 8, 8)."""
    folder = Path(tempfile.mkdtemp())
    serve = tf.function(
        lambda image: network(image, training=False), input_signature=[SPEC]
    )
    network.export(str(folder / "saved"), verbose=False)
    saved = tf.saved_model.load(str(folder / "saved"))
    tf2onnx.convert.from_function(
        serve, [SPEC], opset=18, output_path=str(folder / "model.onnx")
    )
    session = one_thread_session(folder / "model.onnx")
    name = session.get_inputs()[0].name
    return {
        "model.predict": lambda x: network.predict(x, verbose=0),
        "eager": lambda x: network(x, training=False).numpy(),
        "compiled": lambda x: serve(tf.constant(x)).numpy(),
        "exported, SavedModel": lambda x: saved.serve(tf.constant(x)).numpy(),
        "exported, ONNX Runtime": lambda x: session.run(None, {name: x})[0],
    }
