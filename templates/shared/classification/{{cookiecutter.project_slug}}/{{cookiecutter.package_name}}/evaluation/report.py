"""What training writes for people, as pictures."""

from pathlib import Path

import matplotlib
from matplotlib.figure import Figure
from sklearn.metrics import ConfusionMatrixDisplay

from ..contract.dataset import Examples
from ..contract.tensors import Tensors
from . import history, samples

LONGEST = 24  # characters of a label that pictures show
LARGEST, MANY = 30.0, 50  # inches of a side; classes from which counts are too small


def write(
    folder: Path, curve: history.History, test: Examples, outputs: Tensors
) -> None:
    """Write the reports on held-out examples and their outputs."""
    matplotlib.rcParams["text.parse_math"] = False  # a label may have two $
    history.draw(folder / "learning-curve.png", curve)
    probabilities = outputs["probabilities"]  # (count, classes)
    predictions = probabilities.argmax(axis=1)
    _confusion_matrix(folder / "confusion-matrix.png", test, predictions)
    right = probabilities[range(len(test)), test.targets]
    worst = right.argsort()[: samples.MOST].tolist()
    first = probabilities[worst].argmax(1)
    captions = [
        f"{_short(test.labels[test.targets[row]])}: {right[row]:.0%}, "
        f"{_short(test.labels[best])} first"
        for row, best in zip(worst, first, strict=True)
    ]
    samples.write(folder, test.take([0]), test.take(worst), captions)


def _confusion_matrix(path: Path, test: Examples, predictions: object) -> None:
    labels = list(map(_short, test.labels))
    longest = max(map(len, labels))
    side = min(max(4.0, 0.4 * len(labels)) + 0.1 * longest, LARGEST)
    figure = Figure(figsize=(side, side), layout="constrained")
    ConfusionMatrixDisplay.from_predictions(
        test.targets,
        predictions,
        labels=range(len(labels)),
        display_labels=labels,
        include_values=len(labels) < MANY,
        xticks_rotation="vertical" if longest > 3 else "horizontal",
        cmap="Blues",
        colorbar=False,
        ax=figure.add_subplot(title="Held-out examples"),
    )
    figure.savefig(path, dpi=120)


def _short(label: str) -> str:
    return label if len(label) <= LONGEST else f"{label[: LONGEST - 1]}…"
