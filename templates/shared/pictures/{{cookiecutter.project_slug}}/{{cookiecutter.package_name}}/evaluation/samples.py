"""Held-out pictures: one to try the service with, and the worst mistakes."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from ..contract.dataset import Examples

SHOWN = 12


def write(
    folder: Path, test: Examples, right: NDArray[Any], predicted: NDArray[np.int64]
) -> None:
    """Write `example.png`, and the pictures with the least probable right answers.

    `right` is the probability (count,) that was given to each picture's own label.
    """
    with _open(test.raw["image"][0]) as image:
        image.save(folder / "example.png")
    figure = Figure(figsize=(9, 7), layout="constrained")
    worst = np.argsort(right)[:SHOWN]
    for axes, row in zip(figure.subplots(3, 4).flat, worst, strict=False):
        with _open(test.raw["image"][row]) as image:
            axes.imshow(image, cmap="gray")
        own = test.labels[test.targets[row]]
        axes.set_title(f"{own}: {right[row]:.0%}, {test.labels[predicted[row]]} first")
    for axes in figure.axes:
        axes.axis("off")
    figure.savefig(folder / "mistakes.png", dpi=120)


def _open(value: Any) -> Image.Image:
    return Image.open(io.BytesIO(value) if isinstance(value, bytes) else value)
