"""The network, in Keras. Replace `build` with your own."""

from typing import Any

import keras
from keras import layers

from .contract import Task

LEARNING_RATE = 2e-3
DROPOUT = 0.1
EMBEDDING = 8  # numbers that stand for a category


def root_mean_squared_error(targets: Any, values: Any) -> Any:
    """Return the loss, in the unit of the targets."""
    return keras.ops.sqrt(keras.ops.mean((targets - values) ** 2) + 1e-30)


LOSS = root_mean_squared_error


def build(task: Task) -> keras.Model:
    """Return an untrained network: rows in, one value (batch,) each out.

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
    scaled = layers.Reshape(())(layers.Dense(1)(hidden))
    value = layers.Rescaling(task.deviation, task.mean)(scaled)  # in its own unit
    return keras.Model(inputs, {"value": value})
