"""How generated projects read image files."""

from __future__ import annotations

import io
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from projects.conftest import Project

SIZE = SimpleNamespace(height=8, width=8, layout="NHW", scale=1 / 255)


@pytest.fixture(scope="module")
def prepare(project_of: Callable[[str], Project]) -> Any:
    return project_of("keras-flask-onnx").module("prepare")


def png(image: Image.Image, **options: Any) -> io.BytesIO:
    """Return an image as a PNG file."""
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    file.seek(0)
    return file


PIXELS = np.arange(64, dtype=np.uint8).reshape(8, 8) * 4


def turned() -> io.BytesIO:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter, clockwise
    return png(Image.fromarray(np.rot90(PIXELS)), exif=exif)


def transparent() -> io.BytesIO:
    alpha = Image.fromarray(PIXELS)
    return png(Image.merge("LA", [Image.new("L", (8, 8), 255), alpha]))


def with_16_bits() -> io.BytesIO:
    return png(Image.fromarray(PIXELS.astype(np.uint16) * 257))


@pytest.mark.parametrize("file", [turned, transparent, with_16_bits])
def test_images_are_read_as_viewers_show_them(
    prepare: Any, file: Callable[[], io.BytesIO]
) -> None:
    """Upright, on black where they are transparent, and with all of their greys."""
    read = prepare.read(file(), SIZE)
    assert read.shape == (1, 8, 8)
    assert np.allclose(read, PIXELS / 255, atol=0.01)


def test_a_jpeg_with_too_many_scans_is_refused(prepare: Any) -> None:
    """Each scan costs time for all pixels, and hardly any bytes."""
    file = io.BytesIO(b"\xff\xd8" + b"\xff\xda" * 1000)
    with pytest.raises(prepare.ImageError, match="scans"):
        prepare.read(file, SIZE)
