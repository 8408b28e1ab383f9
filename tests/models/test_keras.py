"""What is read from Keras archives, and through another interpreter from HDF5."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import model_files as made
import pytest
from reading import WHOLE, fake, look, reasons, refusal

from dlscaffold.errors import ScaffoldError
from dlscaffold.models.description import Tensor
from dlscaffold.models.readers import interpreter


def test_keras(tmp_path: Path) -> None:
    found = look(tmp_path, "m.keras", WHOLE["small.keras"])
    assert (found.framework, found.framework_version) == ("keras", "3.15.1")
    assert found.inputs == (Tensor("image", "float32", (None, 8, 8)),)
    assert found.outputs == (Tensor("score", "float16", (None, 8, 2)),)
    assert found.operators == {"Dense": 1, "InputLayer": 1}
    assert "--python" in found.notes[0]


LEFT, RIGHT = (
    made.layer("InputLayer", name, batch_shape=[None, size], dtype="float32")
    for name, size in (("left", 2), ("right", 3))
)


ADD, LESS = made.layer("Add", "plus"), made.layer("Subtract", "minus")


def test_keras_names_what_is_in_a_dict_by_its_keys_in_their_order(
    tmp_path: Path,
) -> None:
    """As it flattens dicts: what comes out first is what is first in the alphabet."""
    config = made.functional(
        {"zed": ["left", 0, 0], "alpha": ["right", 0, 0]},
        {"ratio": ["minus", 0, 0], "both": ["plus", 0, 0], "b": [["plus", 0, 0]]},
        *(LEFT, RIGHT, ADD, LESS),
    )
    found = look(tmp_path, "m.keras", made.keras_archive(config))
    assert [(one.name, one.shape) for one in found.inputs] == [
        ("alpha", (None, 3)),
        ("zed", (None, 2)),
    ]
    assert [one.name for one in found.outputs] == ["plus", "both", "ratio"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs scripts with an interpreter")
def test_keras_builds_what_is_in_a_dict_in_the_same_order(tmp_path: Path) -> None:
    names = {"zed": ["left", 0, 0], "alpha": ["right", 0, 0]}
    config = made.functional(names, names, LEFT, RIGHT)
    tensors = [{"name": "k", "dtype": "int8", "shape": [one]} for one in (3, 2)]
    built = {"inputs": tensors, "outputs": tensors, "parameters": 0}
    python = fake(tmp_path, f"print({json.dumps(built)!r})")
    found = look(tmp_path, "m.keras", made.keras_archive(config), python=python)
    assert found.inputs == (
        Tensor("alpha", "int8", (3,)),
        Tensor("zed", "int8", (2,)),
    )
    assert [one.shape for one in found.outputs] == [(3,), (2,)]


def test_keras_outputs_of_one_layer_have_names_of_their_own(tmp_path: Path) -> None:
    inputs = [["left", 0, 0], ["right", 0, 0]]
    outputs = [["plus", 0, 0], ["plus", 1, 0], ["left", 0, 0]]
    config = made.functional(inputs, outputs, LEFT, RIGHT, ADD)
    found = look(tmp_path, "m.keras", made.keras_archive(config))
    names = [one.name for one in found.outputs]
    assert names == ["plus", "plus_output_1", "left_output_2"]


def test_lambda_layers_are_named_and_refused(tmp_path: Path) -> None:
    data = made.keras_archive(made.keras_config(made.LAMBDA))
    said = refusal(tmp_path, "m.keras", data)
    assert "Lambda layers (double)" in said
    assert "--trust" in said
    found = look(tmp_path, "m.keras", data, trust=True)
    assert found.operators["Lambda"] == 1


@pytest.mark.parametrize(
    "part",
    [
        made.layer("TFSMLayer", "other", filepath="/etc"),
        made.layer("TorchModuleWrapper", "other"),
        made.layer("JaxLayer", "other"),
        made.layer("FlaxLayer", "other"),
        made.layer("StringLookup", "words", vocabulary="/etc/passwd"),
        {**made.layer("get_file", "fetch"), "module": "keras.utils"},
        {**made.layer("Scale", "scale"), "module": "shop.layers"},
        {**made.layer("Scale", "scale"), "module": None, "registered_name": "shop>S"},
    ],
)
def test_what_keras_would_reach_for_is_not_built(
    part: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> dict[str, Any]:
        raise AssertionError("the other interpreter was asked")

    monkeypatch.setattr(interpreter, "call", never)
    data = made.keras_archive(made.keras_config(part))
    found = look(tmp_path, "m.keras", data, python=sys.executable)
    assert part["config"]["name"] in found.notes[0]


@pytest.mark.parametrize(
    ("config", "why"),
    [
        (
            made.keras_config({**made.layer("Own", "mine"), "module": "shop"}),
            "does not hold (mine)",
        ),
        (
            {"module": "shop", "class_name": "Shop", "config": {"name": "shop"}},
            "does not hold (shop)",
        ),
        (
            {"module": "keras", "class_name": "Model", "config": {}},
            "does not say what its inputs and outputs are",
        ),
    ],
)
def test_keras_models_that_nothing_but_their_own_code_can_make(
    config: dict[str, Any], why: str, tmp_path: Path
) -> None:
    said = reasons(look(tmp_path, "m.keras", made.keras_archive(config)))["flask"]
    assert why in said
    assert "model.export('folder')" in said


def test_keras_layers_inside_of_wrappers_count(tmp_path: Path) -> None:
    both = made.layer("Bidirectional", "both", layer=made.layer("GRU", "gru"))
    times = made.layer("TimeDistributed", "times", layer=made.keras_config())
    rnn = made.layer("RNN", "rnn", cell=made.layer("GRUCell", "cell"))
    config = made.keras_config(both, times, rnn)
    found = look(tmp_path, "m.keras", made.keras_archive(config))
    inner = {"GRU", "GRUCell", "Sequential", "Dense"}
    assert inner <= set(found.operators)
    why = {fit.target: fit for fit in found.targets}["litert"]
    assert why.format is None
    assert "GRU" in why.because
    assert "keras.Input" in why.because


def test_a_loss_of_ones_own_does_not_matter(tmp_path: Path) -> None:
    config = made.keras_config()
    config["compile_config"] = {"loss": {"class_name": "Mine", "module": "shop"}}
    found = look(tmp_path, "m.keras", made.keras_archive(config))
    assert not [note for note in found.notes if "Mine" in note]


H5 = b"\x89HDF\r\n\x1a\n" + bytes(100)


def test_hdf5_asks_for_an_interpreter(tmp_path: Path) -> None:
    assert "--python" in refusal(tmp_path, "m.h5", H5)


@pytest.mark.skipif(sys.platform == "win32", reason="needs scripts with an interpreter")
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("raise SystemExit('no such thing')", "no such thing"),
        ("print('[]')", "failed to read"),
        ("import os; os.abort()", "failed to read"),
        ("print('{}')", "holds weights but no model"),
        ("""print('{"error": "OSError: truncated"}')""", "OSError: truncated"),
        ("""print('{"config": "{}{"}')""", "JSON"),
        ("import time; time.sleep(60)", "took more than"),
    ],
)
def test_what_the_other_interpreter_does_wrong_is_one_sentence(
    body: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "sleep" in body:
        monkeypatch.setattr(interpreter, "PATIENCE", 2)
    with pytest.raises(ScaffoldError, match=expected):
        look(tmp_path, "m.h5", H5, python=fake(tmp_path, body))


def test_an_interpreter_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ScaffoldError, match="cannot be run"):
        look(tmp_path, "m.h5", H5, python=str(tmp_path / "none"))


def test_an_interpreter_without_h5py(tmp_path: Path) -> None:
    with pytest.raises(ScaffoldError, match="No module named 'h5py'"):
        look(tmp_path, "m.h5", H5, python=sys.executable)


@pytest.mark.skipif(sys.platform == "win32", reason="needs scripts with an interpreter")
def test_what_the_other_interpreter_says_is_described(tmp_path: Path) -> None:
    config = json.dumps(made.keras_config())
    said = {"config": config, "version": "2.15.0", "parameters": 130}
    built = {"inputs": [], "outputs": [], "parameters": 130}
    body = (
        "import json, sys; task = json.load(sys.stdin)['task']; "
        f"print(json.dumps({said!r} if task == 'hdf5' else {built!r}))"
    )
    found = look(tmp_path, "m.h5", H5, python=fake(tmp_path, body))
    assert (found.parameters, found.framework_version) == (130, "2.15.0")
    assert found.outputs[0].shape == (None, 8, 2)


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ('{"a":[' + "{}," * 1_500_000 + "{}]}", "more than 1,000,000 values"),
        ('{"layers": []}', "not that of a model"),
        ('{"class_name": 5}', "not that of a model"),
    ],
)
def test_json_of_no_model_or_too_much(config: str, why: str, tmp_path: Path) -> None:
    data = made.archive({"metadata.json": "{}", "config.json": config}, True)
    assert why in refusal(tmp_path, "m.keras", data)


@pytest.mark.parametrize(
    "config", ["[" * 100_000, '{"a":' * 100_000, "", "null", "[]", "9" * 10_000, "\xff"]
)
def test_odd_json(config: str, tmp_path: Path) -> None:
    data = made.archive({"metadata.json": "{}", "config.json": config})
    assert "JSON" in refusal(tmp_path, "m.keras", data)
