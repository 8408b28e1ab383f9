"""TensorFlow without Keras layers: weights, arithmetic and gradient step by hand."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tensorflow as tf
import tf2onnx
from onnx_session import one_thread_session

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)

VERSION = f"TensorFlow {tf.__version__}"
BATCH = 64
SPEC = tf.TensorSpec((None, 8, 8), tf.float32, name="image")


class Network(tf.Module):
    """Two convolutions and a dense layer, as in the other two files."""

    def __init__(self) -> None:
        super().__init__()
        initial = tf.keras.initializers.GlorotUniform(seed=0)
        self.kernel1 = tf.Variable(initial((3, 3, 1, 32)))
        self.bias1 = tf.Variable(tf.zeros(32))
        self.kernel2 = tf.Variable(initial((3, 3, 32, 64)))
        self.bias2 = tf.Variable(tf.zeros(64))
        self.dense = tf.Variable(initial((4 * 4 * 64, 10)))
        self.bias3 = tf.Variable(tf.zeros(10))

    def logits(self, images: tf.Tensor) -> tf.Tensor:
        """Return (batch, 10) for images (batch, 8, 8)."""
        x = images[..., tf.newaxis]
        x = tf.nn.relu(tf.nn.conv2d(x, self.kernel1, 1, "SAME") + self.bias1)
        x = tf.nn.max_pool2d(x, 2, 2, "VALID")
        x = tf.nn.relu(tf.nn.conv2d(x, self.kernel2, 1, "SAME") + self.bias2)
        return tf.reshape(x, (-1, 4 * 4 * 64)) @ self.dense + self.bias3

    @tf.function(input_signature=[SPEC])
    def serve(self, image: tf.Tensor) -> tf.Tensor:
        """Return probabilities."""
        return tf.nn.softmax(self.logits(image))


network = Network()
loss_of = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def trainers(images: Any, labels: Any) -> dict[str, Callable[[int], None]]:
    """Return ways to train for some epochs."""
    batches = (
        tf.data.Dataset.from_tensor_slices((images, labels))
        .shuffle(len(labels), seed=0)
        .batch(BATCH, drop_remainder=True)
        .prefetch(tf.data.AUTOTUNE)
    )
    return {
        "eager": _trainer(batches, compiled=False),
        "compiled": _trainer(batches, compiled=True),
    }


def _trainer(batches: tf.data.Dataset, compiled: bool) -> Callable[[int], None]:
    optimizer = tf.keras.optimizers.Adam(1e-3)

    def step(images: tf.Tensor, labels: tf.Tensor) -> None:
        with tf.GradientTape() as tape:
            loss = loss_of(labels, network.logits(images))
        gradients = tape.gradient(loss, network.trainable_variables)
        optimizer.apply_gradients(
            zip(gradients, network.trainable_variables, strict=True)
        )

    optimizer.build(network.trainable_variables)
    run = tf.function(step) if compiled else step

    def train(epochs: int) -> None:
        for _ in range(epochs):
            for images, labels in batches:
                run(images, labels)

    return train


def finish(images: Any, labels: Any) -> float:
    """Return the accuracy on what it was trained on: proof that it learns."""
    guesses = tf.argmax(network.serve(images), axis=1).numpy()
    return float((guesses == labels).mean())


def predictors() -> dict[str, Callable[[Any], Any]]:
    """Return ways to get probabilities (batch, 10) for images (batch, 8, 8)."""
    folder = Path(tempfile.mkdtemp())
    tf.saved_model.save(network, str(folder / "saved"), signatures=network.serve)
    signature = tf.saved_model.load(str(folder / "saved")).signatures["serving_default"]
    (output,) = signature.structured_outputs
    tf2onnx.convert.from_function(
        network.serve, [SPEC], opset=18, output_path=str(folder / "model.onnx")
    )
    session = one_thread_session(folder / "model.onnx")
    name = session.get_inputs()[0].name
    return {
        "eager": lambda x: tf.nn.softmax(network.logits(tf.constant(x))).numpy(),
        "compiled": lambda x: network.serve(tf.constant(x)).numpy(),
        "exported, SavedModel": lambda x: signature(tf.constant(x))[output].numpy(),
        "exported, ONNX Runtime": lambda x: session.run(None, {name: x})[0],
    }
