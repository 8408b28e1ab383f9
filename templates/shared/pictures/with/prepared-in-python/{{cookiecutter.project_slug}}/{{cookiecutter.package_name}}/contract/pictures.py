"""Picture files, opened with care: they come from anyone."""

import io
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from .raw import RawError

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
# A file of some kilobytes can unpack into gigabytes; the size is known before that.
MAX_PIXELS = 16_000_000
# A JPEG file goes over all its pixels in each scan; cameras make about ten.
SCAN, MAX_SCANS = b"\xff\xda", 100


def open_picture(file: bytes | Path, mode: str) -> Image.Image:
    """Return a picture file, in a mode of Pillow such as `L` or `RGB`.

    It is as a person sees it, on black where it is transparent. Raises RawError for
    what is no picture, and OSError if a path cannot be read.
    """
    data = file.read_bytes() if isinstance(file, Path) else file
    if data.count(SCAN) > MAX_SCANS:
        raise RawError("The image is made of too many scans: save it again.")
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise RawError(f"The image has more than {MAX_PIXELS} pixels.")
            return _upright(image).convert(mode)
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise RawError(f"Not an image of type {', '.join(FORMATS)}.") from error
    except (OSError, SyntaxError, ValueError) as error:  # as Pillow's decoders raise
        raise RawError("The image is damaged.") from error


def _upright(image: Image.Image) -> Image.Image:
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I"):  # 16 bits a pixel
        return upright.convert("I").point(lambda value: value / 257).convert("L")
    if upright.has_transparency_data:
        ground = Image.new("RGBA", upright.size, "black")
        return Image.alpha_composite(ground, upright.convert("RGBA"))
    return upright
