"""The table of the model's forms."""

import json
from pathlib import Path
from typing import Any

import pytest
from project.contract import ContractError, forms
from project.evaluation import variants


def test_a_form_that_is_not_possible_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other forms are measured all the same."""

    def refuse(_network: Any, _path: Path) -> None:
        raise ContractError("There is no\nengine | here.")

    monkeypatch.setitem(forms.WRITERS, "another", refuse)
    monkeypatch.setattr(variants, "REPORTS", tmp_path)
    *_, last = variants.write_report().splitlines()
    assert last == "| another: not possible: There is no engine \\| here. | | | |"
    rows = json.loads((tmp_path / "variants.json").read_text("utf-8"))
    measured = [row["name"] for row in rows if "milliseconds" in row]
    assert measured[0] == "eager"
    assert "float32" in measured
    assert rows[-1] == {"name": "another", "refusal": "There is no\nengine | here."}
