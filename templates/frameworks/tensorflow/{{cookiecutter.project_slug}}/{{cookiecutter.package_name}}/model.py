"""The network, in TensorFlow's low-level API. Replace it with your own."""

from pathlib import Path

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from .contract import ContractError
from .data import IMAGE_SHAPE, LABELS

FRAMEWORK = ("tensorflow", tf.__version__)
CHECKPOINT = "digit-classifier"


class DigitClassifier(tf.Module):
    """Two convolutions and a dense layer, their weights and arithmetic spelled out.

    Tensors are immutable: each operation below returns a new one. What training has to
    change in place is therefore a `tf.Variable`.
    """

    def __init__(self) -> None:
        """Create the weights, scaled as in He et al., 2015."""
        super().__init__()
        initial = tf.keras.initializers.HeNormal()
        self.kernel1 = tf.Variable(initial((3, 3, 1, 32)), name="kernel1")
        self.bias1 = tf.Variable(tf.zeros(32), name="bias1")
        self.kernel2 = tf.Variable(initial((3, 3, 32, 64)), name="kernel2")
        self.bias2 = tf.Variable(tf.zeros(64), name="bias2")
        self.weights = tf.Variable(initial((4 * 4 * 64, len(LABELS))), name="weights")
        self.bias = tf.Variable(tf.zeros(len(LABELS)), name="bias")

    def logits(self, images: tf.Tensor, dropout: float = 0.0) -> tf.Tensor:
        """Return one unnormalised score per label: (batch, 8, 8) to (batch, 10)."""
        x = images[..., tf.newaxis]  # (batch, 8, 8, 1)
        x = tf.nn.relu(tf.nn.conv2d(x, self.kernel1, 1, "SAME") + self.bias1)
        x = tf.nn.max_pool2d(x, 2, 2, "VALID")  # (batch, 4, 4, 32)
        x = tf.nn.relu(tf.nn.conv2d(x, self.kernel2, 1, "SAME") + self.bias2)
        x = tf.reshape(x, (-1, 4 * 4 * 64))
        x = tf.nn.dropout(x, dropout)
        return x @ self.weights + self.bias

    @tf.function(
        input_signature=[tf.TensorSpec((None, *IMAGE_SHAPE), tf.float32, name="image")]
    )
    def serve(self, image: tf.Tensor) -> dict[str, tf.Tensor]:
        """Return the probabilities; this graph is what gets exported and served."""
        return {"probabilities": tf.nn.softmax(self.logits(image))}


def build() -> DigitClassifier:
    """Return an untrained network."""
    return DigitClassifier()


def save(network: DigitClassifier, folder: Path) -> Path:
    """Write the trained weights as a TensorFlow checkpoint and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    return Path(tf.train.Checkpoint(network).write(str(folder / CHECKPOINT)))


def load(folder: Path) -> DigitClassifier:
    """Return the trained network; raise ContractError if there is none."""
    network, checkpoint = build(), folder / CHECKPOINT
    try:
        status = tf.train.Checkpoint(network).read(str(checkpoint))
        status.assert_existing_objects_matched()
    except tf.errors.NotFoundError as error:
        message = f"{checkpoint} is missing: train the model first."
        raise ContractError(message) from error
    except (tf.errors.OpError, IndexError, ValueError, AssertionError) as error:
        message = f"{checkpoint} does not fit the network: train the model again."
        raise ContractError(message) from error
    return network


def predict(
    network: DigitClassifier, images: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the probabilities (batch, labels) for images (batch, 8, 8)."""
    return np.asarray(network.serve(tf.constant(images))["probabilities"])
