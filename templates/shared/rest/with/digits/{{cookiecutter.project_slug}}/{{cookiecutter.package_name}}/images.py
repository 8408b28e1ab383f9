"""Image files, prepared as the training data was."""

from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from .contract import Preprocessing

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
# A file of some kilobytes can unpack into gigabytes; the size is known before that.
MAX_PIXELS = 16_000_000


class ImageError(Exception):
    """The file cannot be used; the message says why."""


def read(file: Path | IO[bytes], preprocessing: Preprocessing) -> NDArray[np.float32]:
    """Return an image file as a batch of one: grey, resized, scaled, in the layout."""
    size = (preprocessing.width, preprocessing.height)
    try:
        with Image.open(file, formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ImageError(f"The image has more than {MAX_PIXELS} pixels.")
            grey = image.convert("L").resize(size, Image.Resampling.BOX)
    except FileNotFoundError:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise ImageError(f"Not an image of type {', '.join(FORMATS)}.") from error
    except (OSError, SyntaxError, ValueError) as error:  # as Pillow's decoders raise
        raise ImageError("The image is damaged.") from error
    pixels = np.asarray(grey, np.float32) * np.float32(preprocessing.scale)
    sizes = {"N": 1, "H": size[1], "W": size[0], "C": 1}
    return pixels.reshape([sizes[axis] for axis in preprocessing.layout])
