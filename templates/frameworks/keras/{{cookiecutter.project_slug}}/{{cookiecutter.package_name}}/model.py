"""The network, in Keras. Replace `build` with your own."""

from pathlib import Path
from zipfile import BadZipFile

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from .contract import ContractError
from .data import IMAGE_SHAPE, LABELS

FRAMEWORK = ("keras", keras.__version__)
FILE = "model.keras"


def build() -> keras.Model:
    """Return an untrained network: images (batch, 8, 8) in, probabilities out."""
    return keras.Sequential(
        [
            keras.Input(IMAGE_SHAPE, name="image"),
            layers.Reshape((*IMAGE_SHAPE, 1)),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(len(LABELS), activation="softmax"),
        ]
    )


def save(network: keras.Model, folder: Path) -> Path:
    """Write the trained network, in Keras's own format, and return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    network.save(folder / FILE)
    return folder / FILE


def load(folder: Path) -> keras.Model:
    """Return the trained network; raise ContractError if there is none."""
    if not (folder / FILE).exists():
        raise ContractError(f"{folder / FILE} is missing: train the model first.")
    try:
        return keras.models.load_model(folder / FILE)
    except (OSError, ValueError, TypeError, BadZipFile) as error:
        message = f"{folder / FILE} does not load: train the model again."
        raise ContractError(message) from error


def predict(network: keras.Model, images: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the probabilities (batch, labels) for images (batch, 8, 8)."""
    return np.asarray(network.predict(images, verbose=0))
