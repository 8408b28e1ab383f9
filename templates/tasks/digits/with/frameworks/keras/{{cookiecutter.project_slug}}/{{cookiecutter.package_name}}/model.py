"""The network, in Keras. Replace `build` with your own."""

import keras
from keras import layers

from .contract import Task

LOSS = "sparse_categorical_crossentropy"
LEARNING_RATE = 2e-3


def build(task: Task) -> keras.Model:
    """Return an untrained network: images (batch, 8, 8) in, probabilities out.

    Its inputs have the names that `prepare` gives them.
    """
    how = task.preprocessing
    image = keras.Input((how.height, how.width), name="image")
    hidden = layers.Reshape((how.height, how.width, 1))(image)
    hidden = layers.Conv2D(32, 3, padding="same", activation="relu")(hidden)
    hidden = layers.MaxPooling2D()(hidden)
    hidden = layers.Conv2D(64, 3, padding="same", activation="relu")(hidden)
    hidden = layers.Dropout(0.3)(layers.Flatten()(hidden))
    probabilities = layers.Dense(len(task.labels), activation="softmax")(hidden)
    return keras.Model({"image": image}, {"probabilities": probabilities})
