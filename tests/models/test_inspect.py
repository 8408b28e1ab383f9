"""The command `inspect`, and what holds for all kinds of models."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import model_files as made
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import WHOLE, Run, look, refusal

from conftest import CATALOG
from dlscaffold.errors import ScaffoldError, printable
from dlscaffold.models import kinds
from dlscaffold.models.fitting import loader_of
from dlscaffold.models.identify import describe


def test_every_kind_has_a_layer_that_loads_it() -> None:
    found = {kind: loader_of(kind) for kind in (*kinds.FILES, kinds.SAVED_MODEL)}
    unread = {kind.name for kind, layer in found.items() if layer is None}
    assert unread == {"pickle"}
    used = {layer.name for layer in found.values() if layer}
    assert used == set(CATALOG.names("models"))
    for name in used:
        assert set(CATALOG.model(name).exports) <= set(CATALOG.names("formats"))


@pytest.mark.parametrize("name", WHOLE)
def test_every_target_fits_or_says_why_not(name: str, tmp_path: Path) -> None:
    found = look(tmp_path, name, WHOLE[name])
    assert [fit.target for fit in found.targets] == CATALOG.names("targets")
    assert any(fit.format for fit in found.targets)
    for fit in found.targets:
        target = CATALOG.target(fit.target)
        assert fit.because
        assert fit.format is None or fit.format in target.consumes


def test_the_command_prints_for_people(dlscaffold: Run) -> None:
    result = dlscaffold("inspect", made.FIXTURES / "ranker.tflite")
    assert result.exit_code == 0
    assert "LiteRT model" in result.stdout
    assert "(?, 3)" in result.stdout
    assert "does not fit" in result.stdout


def test_the_command_prints_json(dlscaffold: Run) -> None:
    result = dlscaffold("inspect", made.FIXTURES / "ranker.onnx", "--json")
    fields = json.loads(result.stdout)
    assert fields["format"] == "onnx"
    assert fields["inputs"][0]["name"] == "item"
    assert {"target", "format", "because", "formats"} == set(fields["targets"][0])


def test_names_in_a_file_do_not_steer_the_terminal(
    dlscaffold: Run, tmp_path: Path
) -> None:
    config = made.keras_config(made.layer("\x1b[2J[red]", "x"))
    (tmp_path / "m.keras").write_bytes(made.keras_archive(config))
    result = dlscaffold("inspect", tmp_path / "m.keras")
    assert "\x1b" not in result.stdout
    assert r"\x1b[2J[red] 1" in result.stdout


@given(st.text())
def test_printable(text: str) -> None:
    assert printable(text).isprintable()


def test_reading_imports_no_framework() -> None:
    script = (
        "import sys; from pathlib import Path; "
        "from dlscaffold.models.identify import describe; "
        f"[describe(Path({str(made.FIXTURES)!r}, n)) for n in ('ranker.onnx', "
        "'ranker.tflite', 'small.pte', 'greeter')]; print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert not loaded & {"onnx", "google", "numpy", "tensorflow", "keras", "torch"}


@pytest.mark.parametrize(
    "data",
    [
        b"PK\3\4" + bytes(100),
        made.archive({"metadata.json": "{}", "../../x": "{}"}),
        WHOLE["small.keras"][:-30],
    ],
)
def test_a_recommendation_for_a_damaged_archive(
    data: bytes, dlscaffold: Run, tmp_path: Path
) -> None:
    said = refusal(tmp_path, "m.keras", data)
    with pytest.raises(ScaffoldError) as caught:
        describe(tmp_path / "m.keras", whole=False)
    assert caught.value.message == said
    result = dlscaffold("recommend", "--model", tmp_path / "m.keras")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")


@pytest.mark.parametrize("data", [b"", b"\0", b"hello", b"PK\3\4", b"%PDF-1.7\n"])
def test_what_is_no_model(data: bytes, tmp_path: Path) -> None:
    for name in ("m.bin", "m.onnx", "m.keras"):
        refusal(tmp_path, name, data)


def test_what_is_no_file(dlscaffold: Run, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none", Path(os.devnull)):
        result = dlscaffold("inspect", path)
        assert result.exit_code == 1
        assert result.stderr.startswith("Error: ")
        assert len(result.stderr.splitlines()) == 1
