"""How training went, and its picture."""

from pathlib import Path

from matplotlib.figure import Figure

from .score import METRIC

# One number for each epoch: `loss`, `val_loss`, and `val_` with the metric.
History = dict[str, list[float]]


def draw(path: Path, history: History) -> None:
    """Write the learning curve as a picture."""
    figure = Figure(figsize=(9, 3.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    epochs = range(1, len(history["loss"]) + 1)
    left.plot(epochs, history["loss"], label="training")
    left.plot(epochs, history["val_loss"], label="validation")
    left.set(title="Loss", xlabel="epoch")
    left.legend()
    right.plot(epochs, history[f"val_{METRIC}"])
    right.set(title=f"Validation {METRIC}", xlabel="epoch")
    figure.savefig(path, dpi=120)
