"""Damaged files of every kind end in a description or one sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import model_files as made
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reading import WHOLE, survives

NAMES = st.sampled_from(sorted(WHOLE))


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all examples share; SavedModel is read as a folder's file."""
    return tmp_path_factory.mktemp("fuzz")


@given(name=NAMES, share=st.floats(0, 1))
@settings(max_examples=300)
def test_truncated(scratch: Path, name: str, share: float) -> None:
    data = WHOLE[name]
    survives(scratch, name, data[: int(len(data) * share)])


@pytest.mark.e2e
@given(name=NAMES, flips=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 7))))
@settings(max_examples=500)
def test_flipped_bits(scratch: Path, name: str, flips: list[tuple[float, int]]) -> None:
    data = bytearray(WHOLE[name])
    for share, bit in flips:
        data[min(int(len(data) * share), len(data) - 1)] ^= 1 << bit
    survives(scratch, name, bytes(data))


@pytest.mark.e2e
@given(name=NAMES, at=st.floats(0, 1), inserted=st.binary(max_size=40))
@settings(max_examples=300)
def test_overwritten(scratch: Path, name: str, at: float, inserted: bytes) -> None:
    data = WHOLE[name]
    start = int(len(data) * at)
    survives(scratch, name, data[:start] + inserted + data[start + len(inserted) :])


@given(name=NAMES, data=st.binary(max_size=300))
@settings(max_examples=300)
@example("small.onnx", b"\x08" + b"\xff" * 20)
def test_random_bytes(scratch: Path, name: str, data: bytes) -> None:
    # Behind the marks of each kind, so that its reader is reached.
    survives(scratch, name, WHOLE[name][:8] + data)
    survives(scratch, name, data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of everything in a JSON document."""
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    found = [place for key, one in inner for place in places(one, (*path, key))]
    return [path, *found] if path else found


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """Return a copy of a JSON document with another value at a place."""
    copy = json.loads(json.dumps(value))
    inside = copy
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = new
    return copy


@pytest.mark.e2e
@given(data=st.data(), new=JSON)
@settings(max_examples=300)
def test_lying_configurations(scratch: Path, data: st.DataObject, new: Any) -> None:
    config = made.keras_config(made.layer("ReLU", "r"), made.LAMBDA)
    place = data.draw(st.sampled_from(places(config)))
    archive = made.keras_archive(replaced(config, place, new))
    survives(scratch, "small.keras", archive)


@pytest.mark.e2e
@given(data=st.data(), new=JSON)
@settings(max_examples=300)
def test_lying_programs(scratch: Path, data: st.DataObject, new: Any) -> None:
    program = made.exported_program()
    place = data.draw(st.sampled_from(places(program)))
    survives(scratch, "small.pt2", made.exported(replaced(program, place, new)))


@given(pickle=st.binary(max_size=200), code=st.text(max_size=200))
@settings(max_examples=200)
def test_odd_torchscript(scratch: Path, pickle: bytes, code: str) -> None:
    members = {
        "m/constants.pkl": b"\x80\x02).",
        "m/bytecode.pkl": pickle,
        "m/data.pkl": b"\x80\x02c__torch__\nSmall\n" + pickle,
        "m/code/__torch__.py": made.TORCH_CODE[:60] + code,
    }
    survives(scratch, "m.pt", made.archive(members))
