"""How a picture becomes the model's input, as numbers that the signature holds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Preprocessing:
    """Grey, cropped to its ink, resized, each pixel multiplied by `scale`.

    `layout` orders the axes: N batch, H height, W width, C channels.
    """

    height: int
    width: int
    layout: str
    scale: float
