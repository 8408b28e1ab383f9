"""How generated projects read image files."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

from projects.conftest import Project


@pytest.fixture(scope="module")
def project(project_of: Callable[[str], Project]) -> Project:
    return project_of("keras-flask-onnx")


def png(image: Image.Image, **options: Any) -> bytes:
    """Return an image as a PNG file."""
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()


PIXELS = np.arange(64, dtype=np.uint8).reshape(8, 8) * 4


def turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter, clockwise
    return png(Image.fromarray(np.rot90(PIXELS)), exif=exif)


def transparent() -> bytes:
    alpha = Image.fromarray(PIXELS)
    return png(Image.merge("LA", [Image.new("L", (8, 8), 255), alpha]))


def with_16_bits() -> bytes:
    return png(Image.fromarray(PIXELS.astype(np.uint16) * 257))


@pytest.mark.parametrize("file", [turned, transparent, with_16_bits])
def test_images_are_read_as_viewers_show_them(
    project: Project, file: Callable[[], bytes]
) -> None:
    """Upright, on black where they are transparent, and with all of their greys."""
    read = project.module("contract.pictures").open_picture(file(), "L")
    assert np.allclose(np.asarray(read), PIXELS, atol=1)


@pytest.mark.parametrize("margin", [0, 0.14, 0.25])
@pytest.mark.parametrize("size", [1, 4, 7])
def test_a_digit_fills_its_picture_wherever_it_was_drawn(
    project: Project, size: int, margin: float
) -> None:
    """As files, with the margins that other people's digits have."""
    prepare, raw = project.module("prepare"), project.module("contract.raw")
    large = PIXELS.repeat(size, axis=0).repeat(size, axis=1)
    inked = np.where(large < prepare.INK, prepare.INK, large)
    drawn = np.pad(inked, round(margin * 8 * size))
    files = raw.column([png(Image.fromarray(drawn))])
    how = prepare.fit({"image": files})
    image = prepare.prepare({"image": files}, how)["image"]
    assert image.shape == (1, 8, 8)
    assert np.allclose(image[0], np.maximum(PIXELS, prepare.INK) / 255, atol=0.01)


def test_a_jpeg_with_too_many_scans_is_refused(project: Project) -> None:
    """Each scan costs time for all pixels, and hardly any bytes."""
    file = b"\xff\xd8" + b"\xff\xda" * 1000
    with pytest.raises(project.module("contract.raw").RawError, match="scans"):
        project.module("contract.pictures").open_picture(file, "L")


def sized(project: Project, height: int, width: int, layout: str) -> Any:
    """Return how to prepare pictures of this size, at half of their values."""
    preprocessing = project.module("contract.preprocessing").Preprocessing
    return preprocessing(height=height, width=width, layout=layout, scale=0.5)


def test_pixels_are_split_between_neighbours(project: Project) -> None:
    """Three pixels on two: the one in the middle goes half to each."""
    how = sized(project, 1, 2, "NHWC")
    values = project.module("prepare").to_input(np.array([[0, 30, 60]]), how)
    assert values.shape == (1, 1, 2, 1)
    np.testing.assert_allclose(values.ravel(), [5, 25])


def test_a_picture_is_cropped_to_its_ink(project: Project) -> None:
    """A digit is as large as its picture, wherever it was drawn; apps do the same."""
    picture = np.zeros((9, 7))
    picture[5:7, 2:5] = [[100, 0, 0], [0, 0, 200]]
    square = project.module("prepare").crop(picture)
    np.testing.assert_array_equal(square, [[100, 0, 0], [0, 0, 200], [0, 0, 0]])


def test_layouts_that_order_the_pixels_otherwise_are_refused(project: Project) -> None:
    """Columns before rows."""
    error = project.module("contract").ContractError
    how = sized(project, 3, 4, "NWH")
    with pytest.raises(error, match="The layout NWH"):
        project.module("prepare").to_input(np.zeros((3, 4)), how)
