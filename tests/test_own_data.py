"""`dlscaffold new` with tasks, and with data of one's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from dlscaffold.project import own

Run = Callable[..., Result]
NEW = ("new", "own", "-f", "keras", "-t", "flask", "-o")


def table(folder: Path, label: str = "kind") -> Path:
    """Write a table with numbers, a category and two classes."""
    rows = [f"{n}.5,{'ab'[n % 3 == 0]},{'xy'[n % 2]}" for n in range(40)]
    file = folder / "theirs.csv"
    file.write_text("\n".join([f"size,shape,{label}", *rows]) + "\n", "utf-8")
    return file


def test_a_table_becomes_a_project(dlscaffold: Run, tmp_path: Path) -> None:
    words = ("--data", table(tmp_path), "--label", "kind", "--json")
    result = dlscaffold(*NEW, tmp_path / "out", *words)
    assert result.exit_code == 0, result.stderr
    fields = json.loads(result.stdout)
    assert (fields["task"], fields["data"]) == ("table", str(tmp_path / "theirs.csv"))
    project = tmp_path / "out" / "own"
    source = json.loads((project / "data" / "source.json").read_text("utf-8"))
    assert (source["label"], source["path"]) == ("kind", "data/examples.csv")
    copied = project / source["path"]
    assert copied.read_bytes() == (tmp_path / "theirs.csv").read_bytes()
    assert source["path"] in fields["files"]
    answers = json.loads((project / ".dlscaffold.json").read_text("utf-8"))
    assert answers["task"] == "table"


def test_large_data_stays_where_it_is(
    dlscaffold: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own, "CARRIED_BYTES", 10)
    file = table(tmp_path)
    result = dlscaffold(*NEW, tmp_path, "--data", file, "--label", "kind")
    assert result.exit_code == 0, result.stderr
    source = json.loads((tmp_path / "own" / "data" / "source.json").read_text("utf-8"))
    assert source["path"] == str(file)
    assert [path.name for path in (tmp_path / "own" / "data").iterdir()] == [
        "source.json"
    ]


def quoted(name: str) -> str:
    """Return a name as a CSV file has it."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


HOSTILE = ['a "quoted" name', "{{ 7 * 7 }}", "it's\\n", "</script>", "Größe"]


@pytest.mark.parametrize("label", HOSTILE)
def test_any_name_of_a_column_is_data(
    dlscaffold: Run, tmp_path: Path, label: str
) -> None:
    file = table(tmp_path, quoted(label))
    result = dlscaffold(*NEW, tmp_path, "--data", file, "--label", label)
    assert result.exit_code == 0, result.stderr
    source = json.loads((tmp_path / "own" / "data" / "source.json").read_text("utf-8"))
    assert source["label"] == label


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--label", "kind"], "--label and --text need --data"),
        (["--data", "{table}", "--label", "knd"], 'did you mean "kind"'),
        (["--data", "{table}", "--label", "kind", "--task", "images"], "folder"),
        (["--data", "{table}/none"], "none"),
        (["--task", "tables"], "table"),
    ],
)
def test_what_does_not_fit_is_one_sentence(
    dlscaffold: Run, tmp_path: Path, words: list[str], said: str
) -> None:
    file = str(table(tmp_path))
    given = [word.replace("{table}", file) for word in words]
    result = dlscaffold(*NEW, tmp_path / "out", *given)
    assert result.exit_code in (1, 2)
    assert said in result.stderr
    assert len(result.stderr.strip().splitlines()) <= 3
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("words", [["--task", "table"], ["--data", "{table}"]])
def test_a_model_of_one_s_own_is_not_trained(
    dlscaffold: Run, tmp_path: Path, words: list[str]
) -> None:
    file = str(table(tmp_path))
    given = [word.replace("{table}", file) for word in words]
    model = Path(__file__).parent / "models" / "ranker.onnx"
    result = dlscaffold("new", "x", "--model", model, "-o", tmp_path / "out", *given)
    assert result.exit_code == 2
    assert "leave out --task and --data" in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("task", ["images", "table", "text"])
def test_a_task_that_a_target_cannot_have_is_refused(
    dlscaffold: Run, tmp_path: Path, task: str
) -> None:
    words = ("new", "x", "-f", "keras", "-t", "litert", "--task", task)
    result = dlscaffold(*words, "-o", tmp_path)
    assert result.exit_code == 2
    assert f"--task {task} does not fit --target litert: " in result.stderr
    assert list(tmp_path.iterdir()) == []
