"""Whatever the bytes: data, or one sentence, in bounded time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from data_files import (
    PICTURES,
    rows,
    survives,
    table,
    two_classes,
    webp_extended,
    webp_lossy,
)
from hypothesis import given, settings
from hypothesis import strategies as st

WHOLE = {
    **{name: make() for name, make in PICTURES.items()},
    "lossy": webp_lossy(),
    "extended": webp_extended(),
}
PICTURE = st.sampled_from(sorted(WHOLE))
MUTATIONS = st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6)), max_size=6)
SECONDS = 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of pictures that all examples share."""
    return two_classes(tmp_path_factory.mktemp("fuzz"), 10)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the tables."""
    return tmp_path_factory.mktemp("tables")


def mutated(data: bytes, mutations: list[tuple[float, bytes]]) -> bytes:
    """Overwrite some places, or shorten what is written over with nothing."""
    for share, change in mutations:
        start = int(share * len(data))
        data = data[:start] + change + data[start + max(1, len(change)) :]
    return data


@given(name=PICTURE, mutations=MUTATIONS, share=st.floats(0, 1.5))
@settings(max_examples=300)
def test_pictures(
    folder: Path, name: str, mutations: list[tuple[float, bytes]], share: float
) -> None:
    data = mutated(WHOLE[name], mutations)
    (folder / "cat" / "x.png").write_bytes(data[: int(share * len(data))])
    start = time.process_time()
    found = survives(folder)
    assert time.process_time() - start < SECONDS
    assert found
    assert found.examples + len(found.warnings) == 21


@given(name=PICTURE, data=st.binary(max_size=200), head=st.integers(2, 16))
@settings(max_examples=200)
def test_random_pictures(folder: Path, name: str, data: bytes, head: int) -> None:
    (folder / "cat" / "x.png").write_bytes(WHOLE[name][:head] + data)
    assert survives(folder)


TABLE = "\n".join(",".join(row) for row in [["size", "colour", "kind"], *rows()])
TABLES = {
    "utf-8": TABLE.encode(),
    "utf-16": TABLE.encode("utf-16"),
    "semicolons": TABLE.replace(",", ";").replace(".", ",").encode("utf-8-sig"),
    "quotes": TABLE.replace("red", '"r,\n""ed"').encode(),
}


@given(name=st.sampled_from(sorted(TABLES)), mutations=MUTATIONS)
@settings(max_examples=300)
def test_tables(tables: Path, name: str, mutations: list[tuple[float, bytes]]) -> None:
    path = tables / "t.csv"
    path.write_bytes(mutated(TABLES[name], mutations))
    start = time.process_time()
    survives(path, label="kind")
    survives(path, "text", "kind", "colour")
    assert time.process_time() - start < SECONDS


@given(data=st.binary(max_size=300) | st.text(',;\t|\n\r"1a.-é', max_size=300))
@settings(max_examples=300)
def test_random_tables(tables: Path, data: bytes | str) -> None:
    path = tables / "t.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    survives(path, label="a")
    path.write_bytes(b"b,a\n" + path.read_bytes())
    survives(path, label="a")


@given(cells=st.lists(st.text("0123456789.,'eE+-_ xn\u202f", max_size=9), min_size=20))
@settings(max_examples=200)
def test_random_numbers(tables: Path, cells: list[str]) -> None:
    body = [[cell, "x", "ab"[number % 2]] for number, cell in enumerate(cells)]
    path = table(tables / "t.csv", body, delimiter=";")
    survives(path, label="kind")
    survives(path, label="size")


@given(data=st.binary(max_size=60))
def test_random_texts(tables: Path, data: bytes) -> None:
    for name in ("good", "bad"):
        for number in range(6):
            file = tables / "texts" / name / f"{number}.txt"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(b"a text" if number else data)
    survives(tables / "texts")
