"""The network, in Keras. Replace `build` with your own."""

import keras
from keras import layers, ops

from .contract import Task
from .contract.preprocessing import PADDING

LOSS = "sparse_categorical_crossentropy"
LEARNING_RATE = 5e-3


def build(task: Task) -> keras.Model:
    """Return an untrained network: tokens (batch, length) in, probabilities out.

    Its inputs have the names that `prepare` gives them.
    """
    how = task.preprocessing
    tokens = keras.Input((how.length,), name="tokens", dtype="int64")
    vectors = layers.Embedding(how.size, 64)(tokens)  # (batch, length, 64)
    # The mean of the vectors of a text; those of padding do not count.
    counts = ops.cast(ops.not_equal(tokens, PADDING), "float32")
    total = ops.sum(vectors * ops.expand_dims(counts, 2), axis=1)
    mean = total / ops.maximum(ops.sum(counts, axis=1, keepdims=True), 1)
    hidden = layers.Dropout(0.3)(mean)
    probabilities = layers.Dense(len(task.labels), activation="softmax")(hidden)
    return keras.Model({"tokens": tokens}, {"probabilities": probabilities})
