"""The network, in TensorFlow's low-level API. Replace it with your own."""

import tensorflow as tf

from .contract import Task
from .contract.preprocessing import Preprocessing

LEARNING_RATE = 2e-3
DROPOUT = 0.2
EMBEDDING = 8  # numbers that stand for a category

loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)


class RowClassifier(tf.Module):
    """Embedded categories and scaled numbers into two dense layers, spelled out.

    Tensors are immutable: each operation below returns a new one. What training has to
    change in place is therefore a `tf.Variable`.
    """

    def __init__(self, how: Preprocessing, labels: int) -> None:
        """Create the weights, scaled as in He et al., 2015."""
        super().__init__()
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
        self.weights3 = tf.Variable(initial((64, labels)), name="weights3")
        self.bias3 = tf.Variable(tf.zeros(labels), name="bias3")

    def __call__(
        self, inputs: dict[str, tf.Tensor], training: bool = False
    ) -> tf.Tensor:
        """Return one unnormalised score per label: (batch, labels)."""
        x = tf.concat(self.parts(inputs), axis=1)
        x = tf.nn.relu(x @ self.weights1 + self.bias1)
        x = tf.nn.dropout(x, DROPOUT) if training else x
        x = tf.nn.relu(x @ self.weights2 + self.bias2)
        return x @ self.weights3 + self.bias3

    def parts(self, inputs: dict[str, tf.Tensor]) -> list[tf.Tensor]:
        """Return the numbers (batch, width) and the vectors of the categories."""
        parts = [inputs["numbers"]] if "numbers" in inputs else []
        if "categories" in inputs:
            vectors = tf.gather(self.vectors, inputs["categories"])
            parts.append(tf.reshape(vectors, (-1, self.embedded)))
        return parts


def build(task: Task) -> tf.Module:
    """Return an untrained network, which takes what `prepare` makes, by name."""
    return RowClassifier(task.preprocessing, len(task.labels))


def answer(logits: tf.Tensor) -> dict[str, tf.Tensor]:
    """Return the outputs by name: the probabilities of the labels."""
    return {"probabilities": tf.nn.softmax(logits)}
