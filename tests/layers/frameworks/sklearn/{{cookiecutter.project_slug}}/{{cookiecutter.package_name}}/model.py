"""The model, in scikit-learn: logistic regression on the pixels."""

from pathlib import Path

import numpy as np
import sklearn
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from .contract import ContractError

FRAMEWORK = ("sklearn", str(sklearn.__version__))
FILE = "model.npz"


def build() -> LogisticRegression:
    """Return an untrained model; each call of its `fit` goes on from the last."""
    return LogisticRegression(max_iter=5, warm_start=True)


def save(network: LogisticRegression, folder: Path) -> Path:
    """Write the trained weights and return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(
        folder / FILE,
        coef=network.coef_,
        intercept=network.intercept_,
        classes=network.classes_,
    )
    return folder / FILE


def load(folder: Path) -> LogisticRegression:
    """Return the trained model; raise ContractError if there is none."""
    file = folder / FILE
    if not file.exists():
        raise ContractError(f"{file} is missing: train the model first.")
    network = build()
    with np.load(file) as arrays:
        network.coef_ = arrays["coef"]
        network.intercept_ = arrays["intercept"]
        network.classes_ = arrays["classes"]
    return network


def predict(
    network: LogisticRegression, images: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the probabilities (batch, labels) for images (batch, 8, 8)."""
    pixels = images.reshape(len(images), -1)
    return np.asarray(network.predict_proba(pixels), np.float32)
