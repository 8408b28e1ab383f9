"""Folders with a sub-folder for each class: pictures, or texts."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from data_files import (
    PICTURES,
    folder,
    gif,
    jpeg,
    png,
    refusal,
    two_classes,
    webp_extended,
    webp_lossy,
)

from dlscaffold.data import read


def test_pictures(tmp_path: Path) -> None:
    found = read(two_classes(tmp_path), None, None, None)
    assert (found.task, found.goal) == ("images", "classification")
    assert (found.examples, found.size) == (60, 60 * len(png()))
    assert (found.options, found.warnings) == ({}, [])


@pytest.mark.parametrize("suffix", PICTURES)
def test_every_format_is_read(suffix: str, tmp_path: Path) -> None:
    data = PICTURES[suffix]()
    names = [f"{name}/{n}.{suffix.upper()}" for name in "ab" for n in range(5)]
    found = read(folder(tmp_path, dict.fromkeys(names, data)), None, None, None)
    assert (found.examples, found.warnings) == (10, [])


MORE_FORMATS = {
    "lossy": webp_lossy(),
    "extended": webp_extended(),
    "jpeg with a film behind it": jpeg() + bytes(10_000),
    "gif with zeros behind it": gif() + bytes(9),
}


@pytest.mark.parametrize("data", MORE_FORMATS.values(), ids=MORE_FORMATS)
def test_what_is_behind_the_suffix_counts(data: bytes, tmp_path: Path) -> None:
    two_classes(tmp_path)
    (tmp_path / "cat" / "other.jpg").write_bytes(data)
    found = read(tmp_path, None, None, None)
    assert (found.examples, found.warnings) == (61, [])


@pytest.mark.parametrize("suffix", PICTURES)
@pytest.mark.parametrize("share", [0.4, 0.7, 0.9])
def test_a_truncated_picture_is_left_out(
    suffix: str, share: float, tmp_path: Path
) -> None:
    data = PICTURES[suffix]()
    two_classes(tmp_path)
    (tmp_path / "cat" / f"x.{suffix}").write_bytes(data[: int(len(data) * share)])
    found = read(tmp_path, None, None, None)
    assert found.examples == 60
    assert found.warnings == [
        f"1 of 61 pictures cannot be read and are left out: cat/x.{suffix} (truncated)."
    ]


UNREADABLE = {
    "empty": b"",
    "not a picture": b"some notes",
    "damaged": png().replace(b"IHDR", b"IDAT", 1),
    "more than 16 million pixels": png(4_001, 4_000),
}


@pytest.mark.parametrize("reason", UNREADABLE)
def test_an_unreadable_picture_is_left_out(reason: str, tmp_path: Path) -> None:
    two_classes(tmp_path)
    (tmp_path / "cat" / "x.jpg").write_bytes(UNREADABLE[reason])
    found = read(tmp_path, None, None, None)
    assert found.examples == 60
    assert f"cat/x.jpg ({reason})" in found.warnings[0]


@pytest.mark.parametrize("suffix", sorted(PICTURES.keys() - {"webp"}))
def test_a_picture_with_too_many_pixels(suffix: str, tmp_path: Path) -> None:
    two_classes(tmp_path)
    size = (16_000, 1_001)
    (tmp_path / "cat" / "x.jpg").write_bytes(PICTURES[suffix](*size))
    [warning] = read(tmp_path, None, None, None).warnings
    assert ("16 million" in warning) != (suffix == "bmp")  # whose rows are missing


def test_sixteen_million_pixels_are_not_too_many(tmp_path: Path) -> None:
    two_classes(tmp_path)
    (tmp_path / "cat" / "x.png").write_bytes(png(4_000, 4_000))
    assert read(tmp_path, None, None, None).examples == 61


@pytest.mark.parametrize("suffix", sorted(PICTURES.keys() - {"webp"}))
def test_a_picture_without_width(suffix: str, tmp_path: Path) -> None:
    two_classes(tmp_path)
    (tmp_path / "cat" / "x.png").write_bytes(PICTURES[suffix](0, 4))
    assert "(damaged)" in read(tmp_path, None, None, None).warnings[0]


def test_three_of_the_unreadable_are_named(tmp_path: Path) -> None:
    two_classes(tmp_path)
    folder(tmp_path, {f"cat/x{number}.png": b"" for number in range(5)})
    [warning] = read(tmp_path, None, None, None).warnings
    assert warning.startswith("5 of 65 pictures")
    assert warning.count("(empty)") == 3
    assert warning.endswith(" and 2 more.")


def test_what_lies_beside_is_ignored(tmp_path: Path) -> None:
    two_classes(tmp_path)
    others = (
        ".git/x.png",
        "README.md",
        "cat/.hidden.png",
        "cat/a.txt",
        "dog/old/1.png",
    )
    folder(tmp_path, dict.fromkeys(others, png()))
    found = read(tmp_path, None, None, None)
    assert found.examples == 60
    assert found.warnings == [
        "Ignored, as no pictures of a class (5): .git, README.md, cat/.hidden.png "
        "and 2 more."
    ]


FOLDERS: dict[str, tuple[dict[str, bytes], list[str]]] = {
    "an empty class": ({"fish/.keep": b""}, ["Too few", "fish (0)", "add some"]),
    "a class without pictures": ({"fish/a.txt": b"a"}, ["Too few", "fish (0)"]),
    "a small class": (
        {f"fish/{n}.png": png() for n in range(4)},
        ["Too few", "fish (4)", "at least 5"],
    ),
    "a class of unreadable pictures": (
        {f"fish/{n}.png": b"x" for n in range(6)},
        ["fish (0)", "6 of 66", "fish/0.png (not a picture)"],
    ),
    "unreadable pictures": (
        {f"cat/{n}.jpg": b"x" for n in range(7)},
        ["7 of 67", "over 10 %", "cat/0.jpg", "replace or remove"],
    ),
    "classes in another folder": ({"train/cat/0.png": png()}, ["train (0)", "right"]),
}


@pytest.mark.parametrize("case", FOLDERS)
def test_a_folder_that_cannot_be_used(case: str, tmp_path: Path) -> None:
    files, words = FOLDERS[case]
    message = refusal(folder(two_classes(tmp_path), files))
    assert [word for word in words if word not in message] == []


def test_one_in_ten_may_be_unreadable(tmp_path: Path) -> None:
    two_classes(tmp_path, 27)
    folder(tmp_path, {f"cat/{n}.jpg": b"x" for n in range(6)})
    assert read(tmp_path, None, None, None).examples == 54


def test_one_class(tmp_path: Path) -> None:
    folder(tmp_path, {f"cat/{n}.png": png() for n in range(9)})
    message = refusal(tmp_path)
    assert "one class only, cat" in message
    assert "at least two" in message


@pytest.mark.parametrize(
    ("files", "task", "words"),
    [
        ({}, None, "no sub-folders with pictures or texts"),
        ({"1.png": png()}, None, "put those of each class into a folder"),
        ({"rows.csv": b"a,b"}, None, "give a CSV file"),
        ({"a/1.tif": b"II"}, None, ".webp"),
        ({"a/1.png": png()}, "text", "no sub-folders with texts"),
        ({"a/1.txt": b"a"}, "images", "no sub-folders with pictures"),
        ({"a/1.txt": b"a"}, "table", "is a folder: give a CSV or TSV file"),
    ],
)
def test_a_folder_of_something_else(
    files: dict[str, bytes], task: str | None, words: str, tmp_path: Path
) -> None:
    assert words in refusal(folder(tmp_path, files), task=task)


def test_a_folder_takes_no_columns(tmp_path: Path) -> None:
    two_classes(tmp_path)
    assert "leave --label and --text out" in refusal(tmp_path, "kind")
    assert "leave --label and --text out" in refusal(tmp_path, text="kind")


def texts(root: Path) -> Path:
    names = [f"{name}/{n}.txt" for name in ("good", "bad") for n in range(30)]
    return folder(root, dict.fromkeys(names, "très bon séjour 😀".encode()))


def test_texts(tmp_path: Path) -> None:
    found = read(texts(tmp_path), None, None, None)
    assert (found.task, found.goal, found.examples) == ("text", "classification", 60)
    assert (found.options, found.warnings) == ({}, [])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("über".encode("latin-1"), "not UTF-8"),
        (b"a" * 1_000_001, "larger than 1 MB"),
        (b"a\0b", "not a text"),
        (b"\xef\xbb\xbf \n", "not a text"),
        (b"", "empty"),
    ],
)
def test_an_unreadable_text_is_left_out(
    data: bytes, reason: str, tmp_path: Path
) -> None:
    (texts(tmp_path) / "good" / "x.txt").write_bytes(data)
    found = read(tmp_path, None, None, None)
    assert found.examples == 60
    assert f"good/x.txt ({reason})" in found.warnings[0]


def test_a_long_text_of_a_megabyte_is_read(tmp_path: Path) -> None:
    (texts(tmp_path) / "good" / "x.txt").write_bytes(b"a" * 1_000_000)
    assert read(tmp_path, None, None, None).examples == 61


def test_pictures_with_a_text_beside_each_are_pictures(tmp_path: Path) -> None:
    two_classes(tmp_path)
    names = [f"{name}/{n}.txt" for name in ("cat", "dog") for n in range(30)]
    folder(tmp_path, dict.fromkeys(names, b"a caption"))
    assert read(tmp_path, None, None, None).task == "images"
    assert read(tmp_path, "text", None, None).task == "text"


@pytest.mark.parametrize("name", ["cat/link.png", "fish", "README"])
def test_a_link_out_of_the_folder(name: str, tmp_path: Path) -> None:
    two_classes(tmp_path / "in")
    two_classes(tmp_path / "in-other")
    target = tmp_path / "in-other" / "cat"
    (tmp_path / "in" / name).symlink_to(target / "0.png" if "." in name else target)
    message = refusal(tmp_path / "in")
    assert f'The link "{name}" leads out of the folder' in message


def test_links_inside_are_followed_once(tmp_path: Path) -> None:
    two_classes(tmp_path)
    (tmp_path / "cat" / "again.png").symlink_to(tmp_path / "dog" / "0.png")
    (tmp_path / "cat" / "loop").symlink_to(tmp_path)
    (tmp_path / "cat" / "gone.png").symlink_to(tmp_path / "dog" / "gone.png")
    found = read(tmp_path, None, None, None)
    assert found.examples == 61
    assert "cat/gone.png (No such file" in found.warnings[0]
    assert "cat/loop" in found.warnings[1]


def test_a_link_to_itself(tmp_path: Path) -> None:
    (two_classes(tmp_path) / "cat" / "self.png").symlink_to("self.png")
    [warning] = read(tmp_path, None, None, None).warnings
    assert "cat/self.png (Too many levels of symbolic links)" in warning


def test_a_linked_folder_keeps_its_name(tmp_path: Path) -> None:
    two_classes(tmp_path / "data")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "data")
    assert read(link, None, None, None).path == link


def test_pipes_and_sockets_are_not_opened(tmp_path: Path) -> None:
    two_classes(tmp_path)
    os.mkfifo(tmp_path / "cat" / "pipe.png")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(tmp_path / "dog" / "socket.png"))  # a short name
        found = read(tmp_path, None, None, None)
    for name in ("cat/pipe.png", "dog/socket.png"):
        assert f"{name} (not a file)" in found.warnings[0]


def test_a_pipe_is_no_data(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "neither a file nor a folder" in refusal(tmp_path / "pipe")


def test_a_missing_path(tmp_path: Path) -> None:
    assert "There is no" in refusal(tmp_path / "none")
    assert "cannot be read" in refusal(tmp_path / ("x" * 300))


HOSTILE = [b"\x1b[2Jx", b"a\nb", b"\xff\xfe", "\u202egnp".encode()]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(name: bytes, tmp_path: Path) -> None:
    two_classes(tmp_path)
    picture = os.fsencode(tmp_path / "cat") + b"/" + name + b".png"
    Path(os.fsdecode(picture)).write_bytes(png())
    found = read(tmp_path, None, None, None)
    assert found.warnings[0].isprintable()
    assert "(control characters or an unknown encoding" in found.warnings[0]
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).mkdir()
    assert "rename it" in refusal(tmp_path)


def test_a_file_that_cannot_be_opened_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever runs the tests may be allowed to open every file."""
    two_classes(tmp_path)
    opened = Path.open

    def forbidding(path: Path, mode: str = "r") -> object:
        if path.name == "locked.png":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, mode)

    monkeypatch.setattr(Path, "open", forbidding)
    os.link(tmp_path / "cat" / "0.png", tmp_path / "cat" / "locked.png")
    found = read(tmp_path, None, None, None)
    assert "cat/locked.png (Permission denied)" in found.warnings[0]
