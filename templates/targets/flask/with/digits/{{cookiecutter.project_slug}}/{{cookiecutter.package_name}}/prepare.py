"""Image files, prepared as the training data was."""

import io
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from .contract.task import Preprocessing

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
# A file of some kilobytes can unpack into gigabytes; the size is known before that.
MAX_PIXELS = 16_000_000
# A JPEG file goes over all its pixels in each scan; cameras make about ten.
SCAN, MAX_SCANS = b"\xff\xda", 100


class ImageError(Exception):
    """The file cannot be used; the message says why."""


def read(file: Path | IO[bytes], preprocessing: Preprocessing) -> NDArray[np.float32]:
    """Return an image file as a batch of one: grey, resized, scaled, in the layout.

    Raises ImageError for what is no image, and OSError if the file cannot be read.
    """
    size = (preprocessing.width, preprocessing.height)
    data = file.read_bytes() if isinstance(file, Path) else file.read()
    if data.count(SCAN) > MAX_SCANS:
        raise ImageError("The image is made of too many scans: save it again.")
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ImageError(f"The image has more than {MAX_PIXELS} pixels.")
            grey = _upright_and_grey(image).resize(size, Image.Resampling.BOX)
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise ImageError(f"Not an image of type {', '.join(FORMATS)}.") from error
    except (OSError, SyntaxError, ValueError) as error:  # as Pillow's decoders raise
        raise ImageError("The image is damaged.") from error
    pixels = np.asarray(grey, np.float32) * np.float32(preprocessing.scale)
    sizes = {"N": 1, "H": size[1], "W": size[0], "C": 1}
    return pixels.reshape([sizes[axis] for axis in preprocessing.layout])


def _upright_and_grey(image: Image.Image) -> Image.Image:
    """Return an image as a person sees it, on black paper where it is transparent."""
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I"):  # 16 bits a pixel
        return upright.convert("I").point(lambda value: value / 257).convert("L")
    if upright.has_transparency_data:
        paper = Image.new("RGBA", upright.size, "black")
        upright = Image.alpha_composite(paper, upright.convert("RGBA"))
    return upright.convert("L")
