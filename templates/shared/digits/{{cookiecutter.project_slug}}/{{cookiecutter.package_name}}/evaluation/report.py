"""What training writes for people, as pictures, and for programs, as JSON."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.image import imsave
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray
from sklearn.metrics import ConfusionMatrixDisplay, accuracy_score

from ..data import Split


@dataclass
class History:
    """One number for each epoch that was trained."""

    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)

    def add(self, trained: tuple[float, float], held: tuple[float, float]) -> None:
        """Append loss and accuracy on the training and the validation examples."""
        for name, value in zip(vars(self), (*trained, *held), strict=True):
            vars(self)[name].append(value)


def write(
    folder: Path,
    history: History,
    test: Split,
    probabilities: NDArray[np.float32],
    names: list[str],
) -> float:
    """Write the reports on held-out examples and return the accuracy, from 0 to 1.

    `probabilities` has shape (count, classes).
    """
    folder.mkdir(parents=True, exist_ok=True)
    predictions = probabilities.argmax(axis=1)
    accuracy = float(accuracy_score(test.labels, predictions))
    metrics = {
        "test_accuracy": accuracy,
        "test_examples": len(test.labels),
        "epochs": len(history.loss),
        "history": vars(history),
    }
    text = json.dumps(metrics, indent=2) + "\n"
    (folder / "metrics.json").write_text(text, "utf-8")
    _learning_curve(folder / "learning-curve.png", history)
    _confusion_matrix(folder / "confusion-matrix.png", test.labels, predictions, names)
    # A picture to send to what gets deployed.
    imsave(folder / "digit.png", test.images[0], cmap="gray", vmin=0, vmax=1)
    return accuracy


def _learning_curve(path: Path, history: History) -> None:
    epochs = range(1, len(history.loss) + 1)
    figure = Figure(figsize=(9, 3.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot(epochs, history.loss, label="training")
    left.plot(epochs, history.validation_loss, label="validation")
    left.set(title="Loss", xlabel="epoch")
    right.plot(epochs, history.accuracy, label="training")
    right.plot(epochs, history.validation_accuracy, label="validation")
    right.set(title="Accuracy", xlabel="epoch")
    for axes in (left, right):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend()
    figure.savefig(path, dpi=120)


def _confusion_matrix(
    path: Path,
    labels: NDArray[np.int64],
    predictions: NDArray[Any],
    names: list[str],
) -> None:
    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.subplots()
    ConfusionMatrixDisplay.from_predictions(
        labels,
        predictions,
        labels=range(len(names)),
        display_labels=names,
        cmap="Blues",
        colorbar=False,
        ax=axes,
    )
    axes.set_title("Held-out examples")
    figure.savefig(path, dpi=120)
