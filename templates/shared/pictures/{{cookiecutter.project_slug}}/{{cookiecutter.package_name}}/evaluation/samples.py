"""Held-out pictures: one to try the service with, and those with the worst answers."""

import io
import textwrap
from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image

from ..contract.dataset import Examples
from ..contract.raw import to_bytes

MOST = 12
LARGEST = 512  # pixels of a side; photographs are made smaller


def write(
    folder: Path, example: Examples, worst: Examples, captions: list[str]
) -> None:
    """Write `example.png`, and `mistakes.png` with a caption for each picture."""
    (file,) = example.raw["image"]
    open_picture(file).save(folder / "example.png")
    figure = Figure(figsize=(9, 7), layout="constrained")
    pictures = zip(worst.raw["image"], captions, strict=True)
    for place, (file, caption) in enumerate(pictures, start=1):
        axes = figure.add_subplot(3, 4, place)
        axes.imshow(open_picture(file), cmap="gray")
        axes.axis("off")
        axes.set_title(textwrap.fill(caption, 28), fontsize="small")
    figure.savefig(folder / "mistakes.png", dpi=120)


def open_picture(file: bytes | Path) -> Image.Image:
    """Return a picture file that was trained on, in grey or in colour."""
    picture = Image.open(io.BytesIO(to_bytes(file)))
    picture.thumbnail((LARGEST, LARGEST))
    return picture if picture.mode == "L" else picture.convert("RGB")
