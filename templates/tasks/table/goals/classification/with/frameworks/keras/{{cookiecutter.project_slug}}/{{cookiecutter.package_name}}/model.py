"""The network, in Keras. Replace `build` with your own."""

import keras
from keras import layers

from .contract import Task

LOSS = "sparse_categorical_crossentropy"
LEARNING_RATE = 2e-3
DROPOUT = 0.2
EMBEDDING = 8  # numbers that stand for a category


def build(task: Task) -> keras.Model:
    """Return an untrained network: rows in, probabilities (batch, labels) out.

    Its inputs have the names that `prepare` gives them.
    """
    how = task.preprocessing
    inputs, parts = {}, []
    if how.numbers:
        inputs["numbers"] = keras.Input((how.width,), name="numbers")
        parts.append(inputs["numbers"])
    if how.categories:
        shape = (len(how.categories),)
        inputs["categories"] = keras.Input(shape, dtype="int64", name="categories")
        embed = layers.Embedding(how.vocabulary, EMBEDDING)
        parts.append(layers.Flatten()(embed(inputs["categories"])))
    hidden = layers.Concatenate()(parts) if len(parts) > 1 else parts[0]
    hidden = layers.Dense(64, activation="relu")(hidden)
    hidden = layers.Dropout(DROPOUT)(hidden)
    hidden = layers.Dense(64, activation="relu")(hidden)
    probabilities = layers.Dense(len(task.labels), activation="softmax")(hidden)
    return keras.Model(inputs, {"probabilities": probabilities})
