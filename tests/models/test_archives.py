"""Archives that are damaged, or made to do harm."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import model_files as made
import pytest
from reading import WHOLE, look, refusal

from dlscaffold.models.bytes import zip_archive


def test_a_zip_bomb(tmp_path: Path) -> None:
    data = made.archive(
        {"metadata.json": "{}", "config.json": bytes(zip_archive.LARGEST_TEXT + 1)},
        True,
    )
    assert len(data) < 1 << 20
    assert "takes more than 8 MB" in refusal(tmp_path, "m.keras", data)


def test_a_zip_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    bomb = bytes(zip_archive.LARGEST_TEXT + 1)
    data = made.archive({"metadata.json": "{}", "config.json": bomb}, True)
    honest, lie = (struct.pack("<L", size) for size in (len(bomb), 100))
    assert honest in data
    refusal(tmp_path, "m.keras", data.replace(honest, lie))


def test_an_archive_of_too_many_members(tmp_path: Path) -> None:
    data = bytearray(WHOLE["small.keras"])
    end = data.rindex(b"PK\5\6")
    struct.pack_into("<L", data, end + 12, 1 << 30)
    assert "members" in refusal(tmp_path, "m.keras", bytes(data))


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", "..\\x", "C:\\x"])
def test_members_outside_of_the_archive(name: str, tmp_path: Path) -> None:
    data = made.archive({"metadata.json": "{}", "config.json": "{}", name: "x"})
    assert "outside" in refusal(tmp_path, "m.keras", data)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name(tmp_path: Path) -> None:
    data = io.BytesIO(WHOLE["small.keras"])
    with zipfile.ZipFile(data, "a") as opened:
        opened.writestr("config.json", "{}")
    assert "one name" in refusal(tmp_path, "m.keras", data.getvalue())


def test_an_archive_whose_end_contradicts_itself(tmp_path: Path) -> None:
    """Python finds the 64-bit record before its locator, others where that points."""
    data = WHOLE["small.keras"]
    end = data.rindex(b"PK\5\6")
    directory = struct.unpack_from("<LL", data, end + 12)
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 2, 2, *directory)
    for place, fits in ((end, True), (0, False)):
        locator = struct.pack("<4sLQL", b"PK\6\7", 0, place, 1)
        file = data[:end] + record + locator + data[end:]
        if fits:
            assert look(tmp_path, "m.keras", file).format == "keras"
        else:
            assert "contradicts itself" in refusal(tmp_path, "m.keras", file)
