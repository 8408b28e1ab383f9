"""What training writes for people, as pictures."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ..contract.dataset import Examples
from ..contract.tensors import Tensors
from . import history, samples

MOST = 5000  # points in a picture


def write(
    folder: Path, curve: history.History, test: Examples, outputs: Tensors
) -> None:
    """Write the reports on held-out examples and their outputs."""
    history.draw(folder / "learning-curve.png", curve)
    values = outputs["value"]
    _draw(folder / "predictions.png", test.targets[:MOST], values[:MOST])
    errors = values - test.targets
    worst = np.abs(errors).argsort()[::-1][: samples.MOST].tolist()
    captions = [f"{test.targets[row]:.6g}: {values[row]:.6g}" for row in worst]
    samples.write(folder, test.take(slice(0, 1)), test.take(worst), captions)


def _draw(path: Path, targets: NDArray[Any], values: NDArray[Any]) -> None:
    figure = Figure(figsize=(9, 4.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    _points(left, targets, values, "true", "predicted")
    ends = [min(targets.min(), values.min()), max(targets.max(), values.max())]
    left.plot(ends, ends, color="black", linewidth=1)
    left.set_title("Predicted against true")
    _points(right, values, values - targets, "predicted", "predicted - true")
    right.axhline(0, color="black", linewidth=1)
    right.set_title("Residuals")
    figure.savefig(path, dpi=120)


def _points(
    axes: Axes, across: NDArray[Any], up: NDArray[Any], below: str, beside: str
) -> None:
    axes.scatter(across, up, s=12, alpha=0.5)
    axes.set(xlabel=below, ylabel=beside)
    axes.tick_params("x", rotation=30)
