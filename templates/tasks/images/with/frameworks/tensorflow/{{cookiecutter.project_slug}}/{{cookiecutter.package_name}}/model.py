"""The network, in TensorFlow's low-level API. Replace it with your own."""

import tensorflow as tf

from .contract import Task

LEARNING_RATE = 2e-3
GROUPS = 8  # of channels that are normalised together

loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)


class Block(tf.Module):
    """What a convolution finds in an image, in half its height and width."""

    def __init__(self, channels: int, filters: int) -> None:
        """Create the weights, scaled as in He et al., 2015."""
        super().__init__()
        initial = tf.keras.initializers.HeNormal()
        self.kernel = tf.Variable(initial((3, 3, channels, filters)), name="kernel")
        self.scale = tf.Variable(tf.ones(filters), name="scale")
        self.shift = tf.Variable(tf.zeros(filters), name="shift")

    def __call__(self, image: tf.Tensor) -> tf.Tensor:
        """Return features (batch, height / 2, width / 2, filters)."""
        x = tf.nn.conv2d(image, self.kernel, 1, "SAME")
        x = tf.nn.relu(normalise(x) * self.scale + self.shift)
        return tf.nn.max_pool2d(x, 2, 2, "VALID")


def normalise(x: tf.Tensor) -> tf.Tensor:
    """Return features with mean 0 and variance 1 in each group (Wu and He, 2018)."""
    _, height, width, channels = x.shape
    groups = tf.reshape(x, (-1, height, width, GROUPS, channels // GROUPS))
    mean, variance = tf.nn.moments(groups, (1, 2, 4), keepdims=True)
    return tf.reshape((groups - mean) * tf.math.rsqrt(variance + 1e-5), tf.shape(x))


class PictureClassifier(tf.Module):
    """Three convolutions and a dense layer, their weights and arithmetic spelled out.

    Tensors are immutable: each operation below returns a new one. What training has to
    change in place is therefore a `tf.Variable`.
    """

    def __init__(self, channels: int, labels: int) -> None:
        """Create the weights."""
        super().__init__()
        self.blocks = [Block(channels, 32), Block(32, 64), Block(64, 128)]
        initial = tf.keras.initializers.GlorotNormal()
        self.weights = tf.Variable(initial((128, labels)), name="weights")
        self.bias = tf.Variable(tf.zeros(labels), name="bias")

    def __call__(
        self, inputs: dict[str, tf.Tensor], training: bool = False
    ) -> tf.Tensor:
        """Return one unnormalised score per label: (batch, labels)."""
        x = inputs["image"]  # (batch, height, width, channels)
        for block in self.blocks:
            x = block(x)
        x = tf.reduce_mean(x, (1, 2))  # (batch, 128)
        x = tf.nn.dropout(x, 0.3) if training else x
        return x @ self.weights + self.bias


def build(task: Task) -> tf.Module:
    """Return an untrained network, which takes what `prepare` makes, by name."""
    return PictureClassifier(task.preprocessing.channels, len(task.labels))


def answer(logits: tf.Tensor) -> dict[str, tf.Tensor]:
    """Return the outputs by name: the probabilities of the labels."""
    return {"probabilities": tf.nn.softmax(logits)}
