"""The network, in TensorFlow's low-level API. Replace it with your own."""

import tensorflow as tf

from .contract import Task
from .contract.preprocessing import PADDING

LEARNING_RATE = 5e-3

loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)


class TextClassifier(tf.Module):
    """A vector for each token, their mean, and a dense layer, spelled out.

    Tensors are immutable: each operation below returns a new one. What training has to
    change in place is therefore a `tf.Variable`.
    """

    def __init__(self, tokens: int, labels: int) -> None:
        """Create the weights."""
        super().__init__()
        self.vectors = tf.Variable(
            tf.random.uniform((tokens, 64), -0.05, 0.05), name="vectors"
        )
        initial = tf.keras.initializers.GlorotUniform()
        self.weights = tf.Variable(initial((64, labels)), name="weights")
        self.bias = tf.Variable(tf.zeros(labels), name="bias")

    def __call__(
        self, inputs: dict[str, tf.Tensor], training: bool = False
    ) -> tf.Tensor:
        """Return one unnormalised score per label: (batch, labels)."""
        tokens = inputs["tokens"]  # (batch, length)
        counts = tf.cast(tokens != PADDING, tf.float32)[..., tf.newaxis]
        total = tf.reduce_sum(tf.gather(self.vectors, tokens) * counts, axis=1)
        x = total / tf.maximum(tf.reduce_sum(counts, axis=1), 1)  # (batch, 64)
        x = tf.nn.dropout(x, 0.3) if training else x
        return x @ self.weights + self.bias


def build(task: Task) -> tf.Module:
    """Return an untrained network, which takes what `prepare` makes, by name."""
    return TextClassifier(task.preprocessing.size, len(task.labels))


def answer(logits: tf.Tensor) -> dict[str, tf.Tensor]:
    """Return the outputs by name: the probabilities of the labels."""
    return {"probabilities": tf.nn.softmax(logits)}
