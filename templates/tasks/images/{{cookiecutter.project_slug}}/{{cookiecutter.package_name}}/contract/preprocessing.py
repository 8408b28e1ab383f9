"""How a picture becomes the model's input, as numbers that the signature holds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Preprocessing:
    """Cropped and resized to height and width, in grey (1 channel) or colour (3).

    Each channel, 0 to 1, has its `mean` subtracted and is divided by its `deviation`.
    """

    height: int
    width: int
    channels: int
    mean: list[float]
    deviation: list[float]
