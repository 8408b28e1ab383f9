"""How generated projects prepare pictures of any size, and read a folder of them."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from conftest import CATALOG
from dlscaffold import data
from dlscaffold.errors import UsageError
from dlscaffold.layers.catalog import Cell
from dlscaffold.layers.finding import find_cell, refuse_misfit
from projects.conftest import Project, render

pytestmark = pytest.mark.usefixtures("project_of")  # which forgets modules again

ORANGE, BLUE = (240, 120, 0), (0, 60, 240)


def cell_of(target: str, source: str = "sample") -> Cell:
    start = CATALOG.start("images", source)
    return replace(find_cell(CATALOG, "keras", target), start=start)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return render(cell_of("flask"), tmp_path_factory.mktemp("pictures"))


@pytest.fixture(scope="module")
def prepare(project: Project) -> Any:
    return project.module("prepare")


def file_of(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def column(project: Project, *images: Image.Image) -> dict[str, Any]:
    files = [file_of(image) for image in images]
    return {"image": project.module("contract.raw").column(files)}


@pytest.mark.parametrize(
    ("sizes", "sides"),
    [
        ([(50, 40), (50, 40), (900, 900)], (40, 48)),  # the median, not the mean
        ([(4000, 300)] * 2, (96, 96)),
        ([(8, 8)], (32, 32)),
    ],
)
def test_the_size_of_the_input_is_learnt(
    project: Project, prepare: Any, sizes: list[tuple[int, int]], sides: tuple[int, int]
) -> None:
    """The median height and width, each from 32 to 96 and a multiple of 8."""
    how = prepare.fit(column(project, *(Image.new("RGB", size) for size in sizes)))
    assert (how.height, how.width) == sides


def test_grey_pictures_have_one_channel_whatever_their_mode(
    project: Project, prepare: Any
) -> None:
    """A single one with colours makes three of it."""
    grey = [Image.new("L", (40, 40), 90), Image.new("RGB", (40, 40), (90, 90, 90))]
    assert prepare.fit(column(project, *grey)).channels == 1
    colour = Image.new("RGB", (40, 40), ORANGE)
    assert prepare.fit(column(project, *grey, colour)).channels == 3


def test_channels_have_the_mean_0_and_the_deviation_1(
    project: Project, prepare: Any
) -> None:
    """Over the pictures that they are learnt from."""
    pixels = np.random.default_rng(0).integers(0, 200, (20, 40, 40, 3), np.uint8)
    raw = column(project, *map(Image.fromarray, pixels))
    image = prepare.prepare(raw, prepare.fit(raw))["image"]
    assert (image.dtype, image.shape) == (np.float32, (20, 40, 40, 3))
    assert np.allclose(image.mean(axis=(0, 1, 2)), 0, atol=1e-3)
    assert np.allclose(image.std(axis=(0, 1, 2)), 1, atol=1e-3)


def plain(project: Project, channels: int = 3) -> Any:
    """Return a preprocessing that leaves values as they are, 0 to 1."""
    module = project.module("contract.preprocessing")
    zeros, ones = [0.0] * channels, [1.0] * channels
    return module.Preprocessing(32, 32, channels, zeros, ones)


@pytest.mark.parametrize("size", [(300, 100), (100, 300), (31, 15), (1, 1)])
def test_other_sizes_are_cropped_to_the_centre(
    project: Project, prepare: Any, size: tuple[int, int]
) -> None:
    """The square in the middle fills the input; what is beside it is gone."""
    side = min(size)
    picture = Image.new("RGB", size, BLUE)
    square = Image.new("RGB", (side, side), ORANGE)
    picture.paste(square, ((size[0] - side) // 2, (size[1] - side) // 2))
    image = prepare.prepare(column(project, picture), plain(project))["image"]
    inner = image[0, 4:-4, 4:-4]  # at the edges, what is beside it shines through
    assert np.allclose(inner, np.array(ORANGE) / 255, atol=0.01)


def half(mode: str, colour: Any) -> Image.Image:
    """Return a picture whose upper half has a colour; the rest is black."""
    picture = Image.new(mode, (32, 32), (0, 0, 0, 255) if mode == "CMYK" else 0)
    picture.paste(colour, (0, 0, 32, 16))
    return picture


def turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 8  # to be turned by a quarter, anticlockwise
    upright = half("RGB", ORANGE)
    return file_of(upright.transpose(Image.Transpose.ROTATE_270), exif=exif)


def transparent() -> bytes:
    picture = Image.new("RGBA", (32, 32), (*ORANGE, 0))
    picture.paste((*ORANGE, 255), (0, 0, 32, 16))
    return file_of(picture)


MODES: dict[str, Callable[[], bytes]] = {
    "colour": lambda: file_of(half("RGB", ORANGE)),
    "palette": lambda: file_of(half("RGB", ORANGE).quantize(4)),
    "CMYK": lambda: file_of(half("CMYK", (15, 135, 255, 0)), "JPEG", quality=95),
    "turned": turned,
    "transparent": transparent,
}


@pytest.mark.parametrize("mode", MODES)
def test_other_modes_are_read_as_viewers_show_them(
    project: Project, prepare: Any, mode: str
) -> None:
    """Upright, in colour, and on black where they are transparent."""
    raw = {"image": project.module("contract.raw").column([MODES[mode]()])}
    image = prepare.prepare(raw, plain(project))["image"][0]
    assert np.allclose(image[4:12], np.array(ORANGE) / 255, atol=0.05)
    assert np.allclose(image[20:28], 0, atol=0.05)


def test_pictures_of_16_bits_keep_their_greys(project: Project, prepare: Any) -> None:
    """Rather than all of them becoming white."""
    greys = np.full((32, 32), 100 * 257, np.uint16)
    raw = column(project, Image.fromarray(greys))
    image = prepare.prepare(raw, plain(project, channels=1))["image"]
    assert np.allclose(image, 100 / 255, atol=0.01)


def test_no_picture_is_refused(project: Project, prepare: Any) -> None:
    """In training and serving; reading data leaves it out."""
    raw = project.module("contract.raw")
    with pytest.raises(raw.RawError):
        prepare.prepare({"image": raw.column([b"words"])}, plain(project))
    assert not prepare.is_picture(b"words")
    assert prepare.is_picture(file_of(Image.new("L", (9, 9))))


@pytest.fixture
def own(tmp_path: Path) -> Project:
    """A project for a folder of pictures, one of which is damaged inside."""
    folder = tmp_path / "plants"
    for name in ("ash", "yew"):
        (folder / name).mkdir(parents=True)
        for number in range(6):
            Image.effect_noise((40, 40), 50).save(folder / name / f"{number}.png")
    damaged = bytearray((folder / "yew" / "3.png").read_bytes())
    damaged[60:200] = bytes(140)
    (folder / "yew" / "3.png").write_bytes(damaged)
    (folder / "ash" / "notes.txt").write_text("no picture")
    return render(
        cell_of("flask", "folder"), tmp_path, data.read(folder, None, None, None)
    )


def test_the_pictures_of_a_folder_are_paths_without_the_unreadable(
    own: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are counted, and training does not stop at one."""
    own.replace("contract.dataset", Dataset=None, split=None, Examples=Rows)
    examples = own.module("data").read()
    inside = own.path / "data" / "examples"
    files = [path.relative_to(inside).as_posix() for path in examples.raw["image"]]
    ash = [f"ash/{number}.png" for number in range(6)]
    assert files == [*ash, *(f"yew/{number}.png" for number in (0, 1, 2, 4, 5))]
    assert examples.targets.tolist() == [0] * 6 + [1] * 5
    assert examples.labels == ["ash", "yew"]
    assert capsys.readouterr().err.startswith("1 of 12 pictures cannot be read")


class Rows(SimpleNamespace):
    """Stands in for the project's Examples, whose module needs scikit-learn."""

    def __init__(self, raw: Any, targets: Any, labels: Any) -> None:
        super().__init__(raw=raw, targets=targets, labels=labels)

    def take(self, rows: Any) -> Rows:
        return Rows({"image": self.raw["image"][rows]}, self.targets[rows], self.labels)


def test_pictures_of_several_megabytes_may_be_sent(project: Project) -> None:
    """Ten times what a project without pictures takes."""
    limit = project.module("service.config").DEFAULTS["MAX_CONTENT_LENGTH"]
    assert limit == 10_000_000


def test_tensors_are_written_with_the_digits_that_they_have(project: Project) -> None:
    """Nothing is lost, and files and requests are half as long."""
    tensors = project.module("contract.tensors")
    values = np.random.default_rng(0).normal(size=1000).astype(np.float32)
    listed = tensors.to_lists({"x": values})["x"]
    assert np.array_equal(tensors.to_array(listed, "float32"), values)
    assert len(str(listed)) < 0.65 * len(str(values.tolist()))


@pytest.mark.parametrize("target", ["litert", "executorch"])
def test_phones_refuse_pictures_with_the_reason(target: str) -> None:
    backend = {"executorch": "torch"}.get(target)
    found = find_cell(CATALOG, "keras", target, backend_name=backend)
    with pytest.raises(UsageError, match="not prepared on phones"):
        refuse_misfit(replace(found, start=CATALOG.start("images")))
