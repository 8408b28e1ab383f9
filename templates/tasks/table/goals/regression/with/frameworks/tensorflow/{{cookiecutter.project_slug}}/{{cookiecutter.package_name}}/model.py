"""The network, in TensorFlow's low-level API. Replace it with your own."""

import tensorflow as tf

from .contract import Task
from .contract.preprocessing import Preprocessing

LEARNING_RATE = 2e-3
DROPOUT = 0.1
EMBEDDING = 8  # numbers that stand for a category


def loss(targets: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    """Return the root of the mean squared error, in the unit of the targets."""
    return tf.sqrt(tf.reduce_mean((targets - values) ** 2) + 1e-30)


class RowRegressor(tf.Module):
    """Embedded categories and scaled numbers into two dense layers, spelled out.

    Tensors are immutable: each operation below returns a new one. What training has to
    change in place is therefore a `tf.Variable`.
    """

    def __init__(self, how: Preprocessing, mean: float, deviation: float) -> None:
        """Create the weights, scaled as in He et al., 2015."""
        super().__init__()
        self.mean, self.deviation = mean, deviation
        initial = tf.keras.initializers.HeNormal()
        self.embedded = EMBEDDING * len(how.categories)
        if self.embedded:
            vectors = tf.random.normal((how.vocabulary, EMBEDDING), stddev=0.05)
            self.vectors = tf.Variable(vectors, name="vectors")
        flat = how.width + self.embedded
        self.weights1 = tf.Variable(initial((flat, 64)), name="weights1")
        self.bias1 = tf.Variable(tf.zeros(64), name="bias1")
        self.weights2 = tf.Variable(initial((64, 64)), name="weights2")
        self.bias2 = tf.Variable(tf.zeros(64), name="bias2")
        self.weights3 = tf.Variable(initial((64, 1)), name="weights3")
        self.bias3 = tf.Variable(tf.zeros(1), name="bias3")

    def __call__(
        self, inputs: dict[str, tf.Tensor], training: bool = False
    ) -> tf.Tensor:
        """Return one value each, in its own unit: (batch,)."""
        x = tf.concat(self.parts(inputs), axis=1)
        x = tf.nn.relu(x @ self.weights1 + self.bias1)
        x = tf.nn.dropout(x, DROPOUT) if training else x
        x = tf.nn.relu(x @ self.weights2 + self.bias2)
        scaled = (x @ self.weights3 + self.bias3)[:, 0]
        return scaled * self.deviation + self.mean

    def parts(self, inputs: dict[str, tf.Tensor]) -> list[tf.Tensor]:
        """Return the numbers (batch, width) and the vectors of the categories."""
        parts = [inputs["numbers"]] if "numbers" in inputs else []
        if "categories" in inputs:
            vectors = tf.gather(self.vectors, inputs["categories"])
            parts.append(tf.reshape(vectors, (-1, self.embedded)))
        return parts


def build(task: Task) -> tf.Module:
    """Return an untrained network, which takes what `prepare` makes, by name."""
    return RowRegressor(task.preprocessing, task.mean, task.deviation)


def answer(values: tf.Tensor) -> dict[str, tf.Tensor]:
    """Return the outputs by name."""
    return {"value": values}
