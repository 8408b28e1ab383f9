"""The network, in TensorFlow's low-level API. Replace it with your own."""

import tensorflow as tf

from .contract import Task

LEARNING_RATE = 2e-3

loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)


class DigitClassifier(tf.Module):
    """Two convolutions and a dense layer, their weights and arithmetic spelled out.

    Tensors are immutable: each operation below returns a new one. What training has to
    change in place is therefore a `tf.Variable`.
    """

    def __init__(self, height: int, width: int, labels: int) -> None:
        """Create the weights, scaled as in He et al., 2015."""
        super().__init__()
        initial = tf.keras.initializers.HeNormal()
        flat = 64 * (height // 2) * (width // 2)
        self.kernel1 = tf.Variable(initial((3, 3, 1, 32)), name="kernel1")
        self.bias1 = tf.Variable(tf.zeros(32), name="bias1")
        self.kernel2 = tf.Variable(initial((3, 3, 32, 64)), name="kernel2")
        self.bias2 = tf.Variable(tf.zeros(64), name="bias2")
        self.weights = tf.Variable(initial((flat, labels)), name="weights")
        self.bias = tf.Variable(tf.zeros(labels), name="bias")

    def __call__(
        self, inputs: dict[str, tf.Tensor], training: bool = False
    ) -> tf.Tensor:
        """Return one unnormalised score per label: (batch, labels)."""
        x = inputs["image"][..., tf.newaxis]  # (batch, height, width, 1)
        x = tf.nn.relu(tf.nn.conv2d(x, self.kernel1, 1, "SAME") + self.bias1)
        x = tf.nn.max_pool2d(x, 2, 2, "VALID")
        x = tf.nn.relu(tf.nn.conv2d(x, self.kernel2, 1, "SAME") + self.bias2)
        x = tf.reshape(x, (-1, self.weights.shape[0]))
        x = tf.nn.dropout(x, 0.3) if training else x
        return x @ self.weights + self.bias


def build(task: Task) -> tf.Module:
    """Return an untrained network, which takes what `prepare` makes, by name."""
    how = task.preprocessing
    return DigitClassifier(how.height, how.width, len(task.labels))


def answer(logits: tf.Tensor) -> dict[str, tf.Tensor]:
    """Return the outputs by name: the probabilities of the labels."""
    return {"probabilities": tf.nn.softmax(logits)}
