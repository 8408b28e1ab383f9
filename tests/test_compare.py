"""`dlscaffold compare`: the document's words, and the notes on them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from advice_layers import PACKAGED, write_layer
from click.testing import Result

from dlscaffold.advice import guidance
from dlscaffold.commands import compare
from dlscaffold.layers.choices import VARIABLE

Run = Callable[..., Result]


@pytest.mark.parametrize("columns", ["80", "160"])
def test_compare_shows_every_cell_at_any_width(
    dlscaffold: Run, columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    result = dlscaffold("compare")
    assert result.exit_code == 0
    known = guidance.load(PACKAGED)
    for title in known.criteria.values():
        assert title.split()[0] in result.stdout
    plain = re.sub(r"[\s│]+", "", result.stdout)
    sources = {note.source for note in known.of("since")}
    assert all(source.replace(" ", "") in plain for source in sources)
    if columns == "80":
        for said in known.of("document-says"):
            assert f"“{said.says}”".replace(" ", "") in plain
        lines = result.stdout.splitlines()
        assert all(len(line) <= 80 for line in lines if "https://" not in line)


def test_compare_as_json_keeps_the_document_and_the_notes_apart(
    dlscaffold: Run,
) -> None:
    said = json.loads(dlscaffold("compare", "keras", "--json").stdout)
    assert said["frameworks"] == ["keras"]
    assert len(said["rows"]) == 6
    speed = said["rows"][1]["cells"]["keras"]
    assert (
        speed["document"] == "Slower than TensorFlow as it works on top of TensorFlow"
    )
    assert speed["notes"]
    assert all(note["source"] != "document" for note in speed["notes"])


def test_an_unknown_framework_is_an_error_with_the_nearest_name(
    dlscaffold: Run,
) -> None:
    result = dlscaffold("compare", "kers")
    assert result.exit_code == 2
    assert result.stderr == "Error: There is no framework 'kers': did you mean keras?\n"


def test_a_framework_named_twice_is_one_column(dlscaffold: Run) -> None:
    said = json.loads(dlscaffold("compare", "keras", "keras", "--json").stdout)
    assert said["frameworks"] == ["keras"]


@pytest.fixture
def sklearn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A framework in a root of its own, which the document does not mention."""
    label = "frameworks/sklearn"
    write_layer(tmp_path, label, 'title = "scikit-learn"')
    (tmp_path / label / "exports" / "onnx").mkdir(parents=True)
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    return tmp_path / label / guidance.FILE


UNMENTIONED = "“Deep Learning frameworks” does not mention scikit-learn.\n"


# `FRAMEWORK` knows the names from before the variable was set, so `compare.run`.
@pytest.mark.usefixtures("sklearn")
def test_a_framework_that_the_document_does_not_mention_is_said_to_be(
    capsys: pytest.CaptureFixture[str],
) -> None:
    compare.run(["sklearn"], as_json=False)
    assert capsys.readouterr().out == UNMENTIONED
    compare.run([], as_json=False)
    out = capsys.readouterr().out
    assert "Keras" in out
    assert out.endswith(UNMENTIONED)
    compare.run(["sklearn"], as_json=True)
    rows = json.loads(capsys.readouterr().out)["rows"]
    cells = [row["cells"]["sklearn"] for row in rows]
    assert cells == [{"document": None, "notes": []}] * 6


def test_its_own_notes_stand_beside_what_is_not_in_the_document(
    sklearn: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sklearn.write_text(
        """[[since]]
criterion = "data"
says = "Pipelines keep preprocessing and model together."
source = "https://scikit-learn.org/stable/modules/compose.html"
checked = "2026-12-01"
"""
    )
    compare.run(["sklearn"], as_json=False)
    out = capsys.readouterr().out
    assert "scikit-learn  (not in the document)" in out
    assert "checked 2026-12-01: Pipelines keep" in out
