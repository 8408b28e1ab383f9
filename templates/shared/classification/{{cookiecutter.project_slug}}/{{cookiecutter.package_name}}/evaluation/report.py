"""What training writes for people, as pictures."""

from pathlib import Path

from matplotlib.figure import Figure
from sklearn.metrics import ConfusionMatrixDisplay

from ..contract.dataset import Examples
from ..contract.tensors import Tensors
from . import history, samples


def write(
    folder: Path, curve: history.History, test: Examples, outputs: Tensors
) -> None:
    """Write the reports on held-out examples and their outputs."""
    history.draw(folder / "learning-curve.png", curve)
    probabilities = outputs["probabilities"]  # (count, classes)
    predictions = probabilities.argmax(axis=1)
    _confusion_matrix(folder / "confusion-matrix.png", test, predictions)
    right = probabilities[range(len(test)), test.targets]
    worst = right.argsort()[: samples.MOST].tolist()
    captions = [
        f"{test.labels[test.targets[row]]}: {right[row]:.0%}, "
        f"{test.labels[predictions[row]]} first"
        for row in worst
    ]
    samples.write(folder, test.take([0]), test.take(worst), captions)


def _confusion_matrix(path: Path, test: Examples, predictions: object) -> None:
    side = max(5.0, 0.4 * len(test.labels))  # inches
    figure = Figure(figsize=(side, side), layout="constrained")
    ConfusionMatrixDisplay.from_predictions(
        test.targets,
        predictions,
        labels=range(len(test.labels)),
        display_labels=test.labels,
        xticks_rotation="vertical" if max(map(len, test.labels)) > 3 else "horizontal",
        cmap="Blues",
        colorbar=False,
        ax=figure.add_subplot(title="Held-out examples"),
    )
    figure.savefig(path, dpi=120)
