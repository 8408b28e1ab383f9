"""Picture files, as the model is trained on them."""

import io
from pathlib import Path

from PIL import Image


def open_picture(file: bytes | Path, mode: str) -> Image.Image:
    """Return a picture file, in a mode of Pillow such as `L` or `RGB`."""
    with Image.open(io.BytesIO(file) if isinstance(file, bytes) else file) as image:
        return image.convert(mode)
