"""What of a model somebody has cannot start a project, before anything is written."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import model_files
import pytest
from click.testing import Result

from conftest import files_below
from dlscaffold.errors import ScaffoldError, UsageError
from dlscaffold.models.description import Contents, Signature, Tensor
from dlscaffold.models.examples import complete, read
from dlscaffold.models.fitting import fits
from dlscaffold.models.kinds import FILES, SAVED_MODEL, Kind
from dlscaffold.project import given

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


def npy(descr: str, shape: Any, data: bytes = bytes(432)) -> bytes:
    """Return a file in numpy's format, of zeros if nothing else is said."""
    fields = {"descr": descr, "fortran_order": False, "shape": shape}
    header = f"{fields!r}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


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


NAN, INFINITE = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (npy("<U1", (3, 2)), "holds text, but the model takes numbers"),
        (npy("<f99999", (3, 2)), "neither numbers nor text"),
        (npy("<c16", (3, 2)), "neither numbers nor text"),
        (npy("<f8", (3, 2), bytes(40)), "fewer values than it says"),
        (npy("<f4", (10**12, 2)), "fewer values than it says"),
        (npy("<U0", (10**12, 2)), "neither numbers nor text"),
        (npy("<f4", (-3, 2)), "header is damaged"),
        (npy("<f4", "32"), "header is damaged"),
        (npy("<f4", (3, True)), "header is damaged"),
        (npy("<f4", (3,), struct.pack("<3f", 1, NAN, 1)), "not finite"),
        (npy(">f8", (3,), struct.pack(">3d", 1, INFINITE, 1)), "not finite"),
        (npy("<f2", (3,), struct.pack("<3e", 1, -INFINITE, 1)), "not finite"),
    ],
)
def test_arrays_that_no_model_takes(
    dlscaffold: Run, script: Path, content: bytes, why: str
) -> None:
    other = script.with_name("other.npy")
    other.write_bytes(content)
    said = refused(dlscaffold, script, "--examples", other)
    assert why in " ".join(said.split())


def test_arrays_are_looked_at_to_their_end(tmp_path: Path) -> None:
    numbers = struct.pack("<3d", 1, 2, NAN)
    file = tmp_path / "x.npy"
    inputs = (Tensor("x", "float64", (None,)),)
    file.write_bytes(npy("<f8", (300_003,), bytes(2_400_000) + numbers))
    with pytest.raises(UsageError, match="not finite"):
        read(file, inputs)
    file.write_bytes(npy("<f8", (300_002,), bytes(2_400_000) + numbers))
    assert read(file, inputs)["x"].shape == (300_002,)


def test_a_target_that_does_not_fit(dlscaffold: Run, script: Path) -> None:
    other = script.with_name("other.npy")
    other.write_bytes(npy("<i8", (3, 3)))
    options = ("--examples", other, "--target", "tensorflow-serving")
    said = refused(dlscaffold, script, *options)
    assert re.search("use --target .*flask or pytorch-mobile", said)


@pytest.mark.parametrize(
    ("suffix", "content", "dtype"),
    [
        (".npy", npy("<i8", (6, 9)), "int64"),
        (".npy", npy("|b1", (6, 9)), "bool"),
        (".npy", npy(">f2", (6, 9)), "float16"),
        (".json", json.dumps({"tokens": [[0.5] * 9] * 6}).encode(), "float32"),
        (".json", json.dumps({"tokens": [[1, 0.5] + [2] * 7] * 6}).encode(), "float32"),
        (
            ".json",
            b"\xef\xbb\xbf" + json.dumps({"tokens": [[1] * 9] * 6}).encode(),
            "int64",
        ),
        (".json", json.dumps({"tokens": [[True] * 9] * 6}).encode(), "bool"),
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


def test_the_project_knows_names_and_bounds_of_free_dimensions(
    dlscaffold: Run, tmp_path: Path
) -> None:
    program = model_files.exported_program()
    program["range_constraints"] = {"s0": {"min_val": 1, "max_val": 8}}
    (tmp_path / "m.pt2").write_bytes(model_files.exported(program))
    words = (
        "--model",
        tmp_path / "m.pt2",
        "--yes",
        "--target",
        "flask",
        "-o",
        tmp_path,
    )
    result = dlscaffold("new", "x", *words)
    assert result.exit_code == 0, result.output
    (one,) = description(tmp_path / "x")["inputs"]
    assert (one["shape"], one["most"]) == (["s0", 4], [8, None])


def test_a_model_that_nothing_fits_says_why(dlscaffold: Run, tmp_path: Path) -> None:
    model = tmp_path / "m.onnx"
    model.write_bytes(model_files.message((1, 10), (7, b"")))
    result = dlscaffold("new", "x", "--model", model, "--yes", "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert "No target fits m.onnx" in result.stderr
    assert "takes no input" in " ".join(result.stderr.split())


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


MODELS = Path(__file__).parent / "models"
RANKER = MODELS / "ranker.onnx"


def made(dlscaffold: Run, tmp_path: Path, model: Path, *options: str) -> Path:
    """Return the project that is generated for a model."""
    words = ("--model", model, "--yes", "-o", tmp_path / "out", *options)
    result = dlscaffold("new", "Shop ranker", *words)
    assert result.exit_code == 0, result.output
    return tmp_path / "out" / "shop-ranker"


def description(project: Path) -> dict[str, Any]:
    """Return what a project knows of its model."""
    found: dict[str, Any] = json.loads((project / "models/model.json").read_text())
    return found


def test_the_project_carries_the_model(dlscaffold: Run, tmp_path: Path) -> None:
    project = made(dlscaffold, tmp_path, RANKER)
    assert (project / "models/ranker.onnx").read_bytes() == RANKER.read_bytes()
    found = description(project)
    assert found["path"] == "ranker.onnx"
    assert found["sha256"] == hashlib.sha256(RANKER.read_bytes()).hexdigest()
    assert [one["name"] for one in found["inputs"]] == ["item", "price"]
    package = project / "shop_ranker"
    assert not (package / "train.py").exists()
    assert not (package / "data.py").exists()


def test_a_large_model_is_named_where_it_lies(
    dlscaffold: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(given, "CARRIED_BYTES", 1000)
    project = made(dlscaffold, tmp_path, RANKER)
    assert not (project / "models/ranker.onnx").exists()
    assert description(project)["path"] == str(RANKER.resolve())


def test_a_folder_is_carried_whole(dlscaffold: Run, tmp_path: Path) -> None:
    project = made(dlscaffold, tmp_path, MODELS / "greeter")
    files = files_below(MODELS / "greeter")
    assert files_below(project / "models/greeter") == files
    assert description(project)["inputs"][0]["dtype"] == "str"


def test_weights_beside_the_model_come_along(dlscaffold: Run, tmp_path: Path) -> None:
    outside = model_files.onnx_model(model_files.outside_weight("w.bin"))
    (tmp_path / "net.onnx").write_bytes(outside)
    (tmp_path / "w.bin").write_bytes(bytes(16))
    project = made(dlscaffold, tmp_path, tmp_path / "net.onnx")
    assert (project / "models/w.bin").read_bytes() == bytes(16)


def test_nothing_outside_of_the_model_is_copied(
    dlscaffold: Run, tmp_path: Path
) -> None:
    """A link in a model's folder may lead anywhere."""
    model = Path(shutil.copytree(MODELS / "greeter", tmp_path / "greeter"))
    (model / "assets").mkdir()
    (model / "assets" / "key").symlink_to("/etc/passwd")
    words = ("--model", model, "--yes", "-o", tmp_path / "out")
    result = dlscaffold("new", "x", *words)
    assert result.exit_code == 1
    assert "is not a regular file" in result.stderr
    assert not (tmp_path / "out").exists()


def test_names_in_a_model_are_text(dlscaffold: Run, tmp_path: Path) -> None:
    """Templates in them are not rendered."""
    evil = "{{ cookiecutter._license }}{% raw %}"
    config = model_files.keras_config()
    config["config"]["layers"][0]["config"]["name"] = evil
    (tmp_path / "net.keras").write_bytes(model_files.keras_archive(config))
    project = made(dlscaffold, tmp_path, tmp_path / "net.keras", "--target", "flask")
    assert description(project)["inputs"][0]["name"] == evil


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--framework", "keras"), "leave out --framework"),
        (("--backend", "torch"), "leave out --framework and --backend"),
        (("--target", "litert"), "does not fit --target litert"),
        (("--format", "saved-model"), "use --format onnx"),
        (("--examples", "none.npz"), "cannot be used"),
    ],
)
def test_what_contradicts_the_model_is_refused(
    dlscaffold: Run, tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    options = ("--model", RANKER, "--yes", "-o", tmp_path / "out")
    result = dlscaffold("new", "x", *options, *words)
    assert result.exit_code == 2
    assert says in " ".join(result.stderr.split())
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("option", [("--examples", "x.npz"), ("--trust",)])
def test_what_belongs_to_a_model_needs_one(
    dlscaffold: Run, option: tuple[str, ...]
) -> None:
    result = dlscaffold("new", "x", "--yes", *option)
    assert result.exit_code == 2
    assert "need --model" in result.stderr


def test_without_a_terminal_it_says_the_whole_command(
    dlscaffold: Run, tmp_path: Path
) -> None:
    model = tmp_path / "net.keras"
    model.write_bytes(model_files.keras_archive(model_files.keras_config()))
    result = dlscaffold("new", "--model", model, "-o", tmp_path / "out")
    assert result.exit_code == 2
    command = f"dlscaffold new net --model {model} --target flask"
    assert command in " ".join(result.stderr.split())
    assert not (tmp_path / "out").exists()


def test_a_dry_run_shows_the_model(dlscaffold: Run, tmp_path: Path) -> None:
    words = ("--model", RANKER, "--yes", "--dry-run", "--json", "-o", tmp_path)
    shown = json.loads(dlscaffold("new", "x", *words).stdout)
    assert shown["model"] == str(RANKER)
    assert shown["files"]["models/ranker.onnx"] == "models/onnx"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [".", "saved_model.pb", "../greeter", "variables/.."])
def test_a_folder_may_be_named_in_any_way(
    dlscaffold: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    model = Path(shutil.copytree(MODELS / "greeter", tmp_path / "greeter"))
    (model / "variables").mkdir(exist_ok=True)
    (model / "README.md").write_text("the model's own")
    monkeypatch.chdir(model)
    project = made(dlscaffold, tmp_path, Path(name))
    assert description(project)["path"] == "greeter"
    assert (project / "models/greeter/saved_model.pb").is_file()
    assert (project / "README.md").read_text("utf-8").startswith("# Shop ranker")


def test_no_file_of_a_model_takes_the_place_of_the_project_s(
    dlscaffold: Run, tmp_path: Path
) -> None:
    model = Path(shutil.copy(RANKER, tmp_path / "model.json"))
    words = ("--model", model, "--yes", "-o", tmp_path / "out")
    result = dlscaffold("new", "x", *words)
    assert result.exit_code == 1
    assert "rename it" in result.stderr
    assert not (tmp_path / "out").exists()


def test_weights_beside_the_model_are_named_by_digest(
    dlscaffold: Run, tmp_path: Path
) -> None:
    outside = model_files.onnx_model(model_files.outside_weight("w.bin"))
    (tmp_path / "net.onnx").write_bytes(outside)
    (tmp_path / "w.bin").write_bytes(bytes(16))
    project = made(dlscaffold, tmp_path, tmp_path / "net.onnx")
    digest = hashlib.sha256(bytes(16)).hexdigest()
    assert description(project)["beside"] == {"w.bin": digest}


@pytest.mark.parametrize("location", [".ssh/id_rsa", "a/.b/w", "a\\w"])
def test_weights_are_not_taken_from_hidden_places(
    dlscaffold: Run, tmp_path: Path, location: str
) -> None:
    file = tmp_path / location
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(bytes(16))
    outside = model_files.onnx_model(model_files.outside_weight(location))
    (tmp_path / "net.onnx").write_bytes(outside)
    result = dlscaffold("new", "--model", tmp_path / "net.onnx", "--dry-run", "--yes")
    assert result.exit_code == 1
    assert "outside of its folder" in " ".join(result.stderr.split())


ITEMS, PRICES = [[1, 2, 3]] * 3, [[0.5, 1.0]] * 3


@pytest.mark.parametrize(
    ("arrays", "says"),
    [
        ({"item": ITEMS, "price": PRICES}, ""),
        ({"item": ITEMS[:2], "price": PRICES[:2]}, "too few examples"),
        ({"item": [], "price": []}, "is of shape (0,)"),
        ({"item": ITEMS, "price": [[0.5]] * 3}, "is of shape (3, 1)"),
        ({"item": 5, "price": PRICES}, "is of shape ()"),
        ({"item": None, "price": PRICES}, "item has null"),
        ({"item": [[1, 2, None]] * 3, "price": PRICES}, "item has null"),
        ({"item": {"a": 1}, "price": PRICES}, "an object"),
        ({"item": [[{"b64": "aGk="}] * 3] * 3, "price": PRICES}, "holds text"),
        ({"item": [[{"b64": "aGk"}] * 3] * 3, "price": PRICES}, "is not base64"),
        ({"item": [[{"b64": 7}] * 3] * 3, "price": PRICES}, "is not base64"),
        ({"item": [[1, 2, 3], [1, 2], [1, 2, 3]], "price": PRICES}, "one length"),
        ({"item": [[1, 2, 3], 4, [1, 2, 3]], "price": PRICES}, "one length"),
        ({"item": [1, [2], 3], "price": PRICES}, "one length"),
        ({"item": [["a", 2, 3]] * 3, "price": PRICES}, "both text and numbers"),
        ({"item": [["a"] * 3] * 3, "price": PRICES}, "text, but the model takes int32"),
        ({"item": ITEMS, "price": [[0.5, float("nan")]] * 3}, "not finite"),
        ({"item": [[10**30] * 3] * 3, "price": PRICES}, "more than 64 bits"),
        ({"item": ITEMS, "price": [[10**400, 0.5]] * 3}, "more than 64 bits"),
    ],
)
def test_examples_are_held_to_the_inputs(
    dlscaffold: Run, tmp_path: Path, arrays: dict[str, Any], says: str
) -> None:
    (tmp_path / "x.json").write_text(json.dumps(arrays))
    options = ("--model", RANKER, "--examples", tmp_path / "x.json", "--dry-run")
    result = dlscaffold("new", "x", *options, "--yes")
    assert result.exit_code == (2 if says else 0), result.output
    assert says in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("shape", "numbers"), [((None, 4), 1_000_000), ((None, 3, 1024, 1024), 78_643_200)]
)
def test_a_request_may_hold_an_example(shape: tuple[int], numbers: int) -> None:
    assert given.body_limit((Tensor("x", "float32", shape),)) == numbers


def test_what_json_does_not_hold_is_not_served() -> None:
    odd = Signature("graph", (Tensor("x", "bfloat16", (2,)),), ())
    kind = next(kind for kind in FILES if kind.name == "onnx")
    for fit in fits(kind, Contents((odd,))):
        assert fit.format is None
        assert fit.target != "flask" or "bfloat16" in fit.because


def test_a_part_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the place that the project would go to."""
    monkeypatch.setattr(given.os, "access", lambda *_: False)
    with pytest.raises(ScaffoldError, match=r"ranker\.onnx cannot be read"):
        given.read(RANKER, own=None, python=None, trust=False)


def test_two_outputs_of_one_name_are_refused(tmp_path: Path) -> None:
    again = model_files.onnx_value("y", "batch", 1)
    model = tmp_path / "m.onnx"
    model.write_bytes(model_files.onnx_model(outputs=(again,)))
    with pytest.raises(ScaffoldError, match="two outputs called y"):
        given.read(model, own=None, python=None, trust=False)
