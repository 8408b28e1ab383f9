"""From picture files to the model's input: the one place that does it.

Training, export, client and service call `prepare`.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from .contract import Tensors
from .contract.pictures import open_picture
from .contract.preprocessing import Preprocessing
from .contract.raw import Columns, RawError

SAMPLE = 500  # pictures that size, channels, mean and deviation are learnt from
SIDES = (32, 96)  # of the input, at least and at most
STEP = 8  # sides are a multiple of it, so that a network can halve them


def fit(raw: Columns) -> Preprocessing:
    """Return how pictures are prepared, learnt from pictures evenly spread over all."""
    files = raw["image"][:: -(-len(raw["image"]) // SAMPLE)]
    kinds = np.array([kind(file) for file in files])  # height, width, colour
    height, width = map(side, np.median(kinds[:, :2], axis=0))
    channels = 3 if kinds[:, 2].any() else 1
    plain = Preprocessing(height, width, channels, [0.0] * channels, [1.0] * channels)
    pixels = prepare({"image": files}, plain)["image"].reshape(-1, channels)
    mean = pixels.mean(axis=0, dtype=np.float64)
    deviation = np.maximum(pixels.std(axis=0, dtype=np.float64), 1 / 255)
    return replace(plain, mean=mean.tolist(), deviation=deviation.tolist())


def prepare(raw: Columns, how: Preprocessing) -> Tensors:
    """Return the input `image` (count, height, width, channels), for picture files.

    Raises RawError for what is no picture.
    """
    pictures = np.stack([to_pixels(file, how) for file in raw["image"]])
    mean, deviation = np.array([how.mean, how.deviation], np.float32)
    return {"image": (pictures / np.float32(255) - mean) / deviation}


def to_pixels(file: bytes | Path, how: Preprocessing) -> NDArray[np.uint8]:
    """Return one picture in the size of the input (height, width, channels).

    What is wider or higher is cropped to its centre, where the subject usually is;
    squeezing it would change the shapes that the network learns.
    """
    picture = open_picture(file, "L" if how.channels == 1 else "RGB")
    size = (how.width, how.height)
    resized = ImageOps.fit(picture, size, Image.Resampling.BILINEAR)
    return np.asarray(resized).reshape(how.height, how.width, how.channels)


def kind(file: bytes | Path) -> tuple[int, int, bool]:
    """Return a picture's height and width, and whether it has colours."""
    pixels = np.asarray(open_picture(file, "RGB"))
    return (*pixels.shape[:2], bool((pixels != pixels[..., :1]).any()))


def side(pixels: float) -> int:
    """Return the side of the input for the median side of the pictures."""
    return int(np.clip(round(pixels / STEP) * STEP, *SIDES))


def is_picture(file: bytes | Path) -> bool:
    """Return whether a file can be prepared."""
    try:
        open_picture(file, "L")
    except (RawError, OSError):
        return False
    return True
