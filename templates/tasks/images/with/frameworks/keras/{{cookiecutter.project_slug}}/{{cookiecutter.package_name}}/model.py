"""The network, in Keras. Replace `build` with your own."""

import keras
from keras import layers

from .contract import Task

LOSS = "sparse_categorical_crossentropy"
LEARNING_RATE = 2e-3


def build(task: Task) -> keras.Model:
    """Return an untrained network: pictures in, probabilities out.

    Its inputs have the names that `prepare` gives them.
    """
    how = task.preprocessing
    image = keras.Input((how.height, how.width, how.channels), name="image")
    hidden = block(image, 32)  # (batch, height / 2, width / 2, 32)
    hidden = block(hidden, 64)
    hidden = block(hidden, 128)  # (batch, height / 8, width / 8, 128)
    hidden = layers.GlobalAveragePooling2D()(hidden)  # (batch, 128)
    hidden = layers.Dropout(0.3)(hidden)
    probabilities = layers.Dense(len(task.labels), activation="softmax")(hidden)
    return keras.Model({"image": image}, {"probabilities": probabilities})


def block(image: keras.KerasTensor, filters: int) -> keras.KerasTensor:
    """Return what a convolution finds in an image, in half its height and width."""
    hidden = layers.Conv2D(filters, 3, padding="same", use_bias=False)(image)
    hidden = layers.GroupNormalization(groups=8)(hidden)
    return layers.MaxPooling2D()(layers.Activation("relu")(hidden))
