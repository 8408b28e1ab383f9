"""What of a model somebody has cannot start a project, before anything is written."""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import model_files
import pytest
from click.testing import Result

from dlscaffold.given import complete
from dlscaffold.inspect.description import Contents, Signature, Tensor
from dlscaffold.inspect.fitting import fits
from dlscaffold.inspect.kinds import FILES, SAVED_MODEL, Kind

Run = Callable[..., Result]


CODE = """class Small(Module):
  def forward(self: __torch__.Small,
    tokens: Tensor) -> Tensor:
    return torch.relu(tokens)
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A TorchScript archive of one input, whose shape it does not say."""
    file = tmp_path / "small.pt"
    members: dict[str, bytes | str] = {
        "small/data.pkl": model_files.torchscript_pickle(("0", 12)),
        "small/code/__torch__.py": CODE,
        "small/constants.pkl": b"\x80\x02).",
    }
    file.write_bytes(model_files.archive(members))
    return file


def npy(descr: str, shape: tuple[int, ...]) -> bytes:
    """Return the start of a file in numpy's format, and some zeros."""
    fields = {"descr": descr, "fortran_order": False, "shape": shape}
    header = f"{fields!r}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + bytes(99)


def refused(dlscaffold: Run, script: Path, *options: object) -> str:
    """Return why a project is refused; nothing is written."""
    folder = script.parent / "out"
    command = ("new", "x", "--model", script, "--yes", "-o", folder, *options)
    result = dlscaffold(*command)
    assert result.exit_code == 2
    assert not folder.exists()
    return result.stderr


def test_torchscript_needs_examples(dlscaffold: Run, script: Path) -> None:
    assert "--examples X.npz" in refused(dlscaffold, script)


def test_examples_of_other_names(dlscaffold: Run, script: Path) -> None:
    other = script.with_name("other.npz")
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("words.npy", npy("<i8", (2, 3)))
    said = refused(dlscaffold, script, "--examples", other)
    assert "has arrays for words, but the model takes tokens" in said


@pytest.mark.parametrize("descr", ["|O", "[('a', '|O')]"])
def test_pickled_examples(dlscaffold: Run, script: Path, descr: str) -> None:
    other = script.with_name("other.npy")
    other.write_bytes(npy(descr, (2,)))
    assert "pickled objects" in refused(dlscaffold, script, "--examples", other)


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", npy("<i8", (2,))[:20]])
def test_damaged_examples(dlscaffold: Run, script: Path, content: bytes) -> None:
    other = script.with_name("other.npy")
    other.write_bytes(content)
    assert "cannot be used" in refused(dlscaffold, script, "--examples", other)


def test_a_target_that_does_not_fit(dlscaffold: Run, script: Path) -> None:
    other = script.with_name("other.npy")
    other.write_bytes(npy("<i8", (2, 3)))
    options = ("--examples", other, "--target", "tensorflow-serving")
    said = refused(dlscaffold, script, *options)
    assert "use --target flask or pytorch-mobile" in said


@pytest.mark.parametrize(
    ("suffix", "content", "dtype"),
    [
        (".npy", npy("<i8", (6, 9)), "int64"),
        (".npy", npy("|b1", (6, 9)), "bool"),
        (".json", json.dumps({"tokens": [[0.5] * 9] * 6}).encode(), "float32"),
    ],
)
def test_examples_complete_the_model(
    dlscaffold: Run, script: Path, suffix: str, content: bytes, dtype: str
) -> None:
    """The first dimension counts the examples; the rest is as they are."""
    examples = script.with_name(f"examples{suffix}")
    examples.write_bytes(content)
    command = ("new", "x", "--model", script, "--examples", examples, "--yes")
    result = dlscaffold(*command, "-o", script.parent)
    assert result.exit_code == 0, result.output
    said = json.loads((script.parent / "x/models/model.json").read_text("utf-8"))
    assert said["inputs"] == [{"name": "tokens", "dtype": dtype, "shape": [None, 9]}]


def test_what_the_model_says_is_kept() -> None:
    declared = (Tensor("a", "int32", ("n", 3)),)
    assert complete(declared, {"a": Tensor("a", "int64", (5, 4))}) == declared


KERAS = next(kind for kind in FILES if kind.name == "keras")


@pytest.mark.parametrize(
    ("kind", "operator"), [(KERAS, "LSTM"), (SAVED_MODEL, "TensorListReserve")]
)
@pytest.mark.parametrize(("batch", "able"), [(None, False), (1, True)])
def test_loops_need_a_fixed_batch_for_litert(
    kind: Kind, operator: str, batch: int | None, able: bool
) -> None:
    inputs = (Tensor("x", "float32", (batch, None, 6)),)
    signature = Signature("serving_default", inputs, ())
    contents = Contents((signature,), operators={operator: 1})
    found = {fit.target: fit for fit in fits(kind, contents)}
    assert bool(found["litert"].format) is able
    assert able or operator in found["litert"].because
    assert found["flask"].format
