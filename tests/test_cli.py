"""The command line as a person and as a program use it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest
from click.testing import Result

from conftest import CATALOG, NO_CURSOR, files_below
from dlscaffold import __version__
from dlscaffold.cli import main
from dlscaffold.layers.finding import find_cell
from dlscaffold.layers.layer import shared_formats

Run = Callable[..., Result]
NEW = ("new", "Shop digits", "--framework", "keras", "--target", "flask")
CLEAR = "\x05\x15"  # to the end of the line, then everything before it
ARROW_DOWN = "\x1b[B"


def sentence(result: Result) -> str:
    """Return the one line of an error; fail if there was more, or a traceback."""
    assert result.stdout == ""
    lines = result.stderr.strip().splitlines()
    assert lines[-1].startswith("Error: ")
    assert "Traceback" not in result.stderr
    return lines[-1]


@pytest.mark.parametrize("command", ["", *main.commands])
def test_help_of_every_command_teaches_by_example(
    dlscaffold: Run, command: str
) -> None:
    result = dlscaffold(*command.split(), "--help")
    assert result.exit_code == 0
    assert "Usage: " in result.output
    if command != "list":
        assert "Example" in result.output


def test_version(dlscaffold: Run) -> None:
    assert __version__ in dlscaffold("--version").output


def test_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "dlscaffold", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"dlscaffold, version {__version__}\n"


def test_new(dlscaffold: Run, tmp_path: Path) -> None:
    result = dlscaffold(*NEW, "-o", tmp_path)
    assert result.exit_code == 0, result.output
    assert "package shop_digits" in result.stdout
    assert "dlscaffold smoke" in result.stdout
    assert (tmp_path / "shop-digits" / "README.md").is_file()


def test_new_as_json(dlscaffold: Run, tmp_path: Path) -> None:
    result = dlscaffold(*NEW, "-o", tmp_path, "--json")
    fields = json.loads(result.stdout)
    assert fields["path"] == str(tmp_path / "shop-digits")
    assert fields["package"] == "shop_digits"
    assert fields["written"] is True
    assert set(fields["files"]) == set(files_below(tmp_path / "shop-digits"))
    assert fields["next"][0] == f"cd {tmp_path / 'shop-digits'}"
    assert "Keras with Flask" in result.stderr


def test_dry_run_shows_each_file_with_its_layer(
    dlscaffold: Run, tmp_path: Path
) -> None:
    result = dlscaffold(*NEW, "-o", tmp_path, "--dry-run")
    assert result.exit_code == 0
    assert "app.py  targets/flask" in result.stdout
    assert "train.py  frameworks/keras" in result.stdout
    assert "Nothing was written" in result.stdout
    assert not list(tmp_path.iterdir())


def test_dry_run_as_json_is_what_new_writes(dlscaffold: Run, tmp_path: Path) -> None:
    dry = json.loads(dlscaffold(*NEW, "-o", tmp_path, "--dry-run", "--json").stdout)
    wet = json.loads(dlscaffold(*NEW, "-o", tmp_path, "--json").stdout)
    assert dry.pop("written") is False
    assert wet.pop("written") is True
    assert dry == wet


def test_a_retired_target_is_noticed_in_json_too(
    dlscaffold: Run, tmp_path: Path
) -> None:
    words = ("new", "-y", "--dry-run", "--json", "-o", tmp_path)
    result = dlscaffold(*words, "-f", "pytorch", "-t", "pytorch-mobile")
    notice = json.loads(result.stdout)["notices"][0]
    assert "retired since" in notice
    assert json.loads(dlscaffold(*words).stdout)["notices"] == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    "words", [["list"], ["list", "--json"], ["new", "-y", "--dry-run"], ["--help"]]
)
def test_a_full_disk_is_one_sentence(words: list[str]) -> None:
    command = [sys.executable, "-m", "dlscaffold", *words]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert re.fullmatch(r"Error: .*No space left on device.*\n", done.stderr)


@pytest.mark.parametrize("words", [["compare"], ["doctor"], ["new", "数字", "-y"]])
def test_a_pipe_of_few_characters_gets_what_it_can_carry(
    words: list[str], tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dlscaffold", *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "cp1252"},
        capture_output=True,
        check=False,
    )
    assert done.stderr == b""
    assert done.returncode in (0, 1)
    assert done.stdout.decode("cp1252")


@pytest.mark.parametrize("words", [["list"], ["new", "-y", "--dry-run"]])
def test_a_narrow_terminal_cuts_nothing_off(
    dlscaffold: Run, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    wide = dlscaffold(*words).stdout
    monkeypatch.setenv("COLUMNS", "20")
    assert dlscaffold(*words).stdout == wide


@pytest.mark.skipif(sys.platform != "linux", reason="is said on Linux alone")
def test_what_pip_does_on_linux_is_said(dlscaffold: Run, tmp_path: Path) -> None:
    words = ("new", "x", "-f", "pytorch", "-t", "flask", "-o", tmp_path)
    fields = json.loads(dlscaffold(*words, "--dry-run", "--json").stdout)
    (notice,) = fields["notices"]
    assert "PIP_EXTRA_INDEX_URL" in notice
    assert notice in dlscaffold(*words).stdout


def test_yes_takes_defaults_that_fit_what_is_given(
    dlscaffold: Run, tmp_path: Path
) -> None:
    for given, expected in [
        ([], ("keras", "flask", "onnx")),
        (["-f", "pytorch"], ("pytorch", "flask", "onnx")),
        (["-t", "tensorflow-serving"], ("keras", "tensorflow-serving", "saved-model")),
        (["-t", "executorch"], ("pytorch", "executorch", "executorch")),
        (["-t", "pytorch-mobile"], ("pytorch", "pytorch-mobile", "lite-interpreter")),
        (["--format", "saved-model"], ("keras", "flask", "saved-model")),
    ]:
        result = dlscaffold(
            "new", "--yes", "--dry-run", "--json", "-o", tmp_path, *given
        )
        fields = json.loads(result.stdout)
        assert (fields["framework"], fields["target"], fields["format"]) == expected


def test_without_a_terminal_the_full_command_is_printed(dlscaffold: Run) -> None:
    result = dlscaffold("new", "Shop digits", "--framework", "pytorch")
    assert result.exit_code == 2
    full = "dlscaffold new 'Shop digits' --framework pytorch --target flask"
    assert full in sentence(result)
    flags = ["--git", "--smoke", "--license", "Apache-2.0", "-o", "there"]
    more = "--license Apache-2.0 --output-dir there --git --smoke"
    assert f"{full} {more}" in sentence(
        dlscaffold("new", "Shop digits", "--framework", "pytorch", *flags)
    )


def test_every_illegal_pair_is_refused_with_what_fits(dlscaffold: Run) -> None:
    refused = 0
    for framework in CATALOG.frameworks():
        for target in CATALOG.targets():
            if shared_formats(framework, target):
                continue
            refused += 1
            result = dlscaffold("new", "x", "-f", framework.name, "-t", target.name)
            assert result.exit_code == 2
            line = sentence(result)
            assert f"{target.title} loads" in line
            assert f"{framework.title} exports" in line
            fitting = line.partition("use --target ")[2].partition(" with ")[0]
            for name in fitting.split(" or "):
                assert find_cell(CATALOG, framework.name, name, None)
    assert refused >= 3


def test_a_format_that_does_not_fit_is_refused(dlscaffold: Run) -> None:
    result = dlscaffold(
        "new", "x", "-f", "pytorch", "-t", "flask", "--format", "saved-model"
    )
    assert result.exit_code == 2
    assert "use --format onnx" in sentence(result)


@pytest.mark.parametrize(
    "words",
    [
        ["new", "x", "--framework", "caffe"],
        ["new", "x", "--target", "abacus"],
        ["new", "🙂", "-y"],
        ["new", "", "-y"],
        ["new", "x", "-f", "pytorch", "--format", "saved-model", "-y"],
        ["smoke", "/nonexistent"],
        ["smoke", ".", "--from", "nowhere"],
        ["compare", "kera"],
        ["eject", "-f", "keras"],
        ["nonsense"],
    ],
)
def test_mistakes_end_in_one_sentence(
    dlscaffold: Run, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = dlscaffold(*words)
    assert result.exit_code in (1, 2)
    sentence(result)
    assert not list(tmp_path.iterdir())


def test_a_message_does_not_steer_the_terminal(dlscaffold: Run) -> None:
    line = sentence(dlscaffold("smoke", "/nonexistent/\x1b[2J\rfine"))
    assert "\x1b" not in line
    assert r"\x1b[2J\rfine" in line


def test_list_as_json_agrees_with_the_catalog(dlscaffold: Run) -> None:
    fields = json.loads(dlscaffold("list", "--json").stdout)
    pairs = {
        (pair["framework"], pair["target"], name)
        for pair in fields["pairs"]
        for name in pair["formats"]
    }
    cells = {(c.framework.name, c.target.name, c.format.name) for c in CATALOG.cells()}
    assert pairs == cells
    assert set(fields["tasks"]) == {task.name for task in CATALOG.tasks()}
    assert set(fields["targets"]) == {target.name for target in CATALOG.targets()}


def test_list_as_a_table(dlscaffold: Run) -> None:
    text = dlscaffold("list").stdout
    for layer in [*CATALOG.frameworks(), *CATALOG.targets(), *CATALOG.tasks()]:
        assert layer.name in text
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "…" not in text


def test_eject(dlscaffold: Run, tmp_path: Path) -> None:
    folder = tmp_path / "template"
    result = dlscaffold("eject", "-f", "keras", "-t", "flask", folder)
    assert result.exit_code == 0
    assert f"cookiecutter {folder}" in result.stdout
    context = json.loads((folder / "cookiecutter.json").read_text("utf-8"))
    public = [name for name in context if not name.startswith("_")]
    assert public == ["project_name", "project_slug", "package_name"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX terminal")
def test_on_a_terminal_what_is_missing_is_asked(tmp_path: Path) -> None:
    words = ["new", "-o", str(tmp_path), "--framework", "pytorch", "--app", "none"]
    child = pexpect.spawn(
        sys.executable,
        ["-m", "dlscaffold", *words],
        encoding="utf-8",
        timeout=60,
        dimensions=(30, 120),
    )
    child.expect("Project name")
    child.send(CLEAR)
    child.sendline("!!!")
    child.expect("at least one letter")
    child.send(CLEAR)
    child.sendline("digit-classifier of mine")
    child.expect("What is the model about")
    child.send(ARROW_DOWN)
    child.send("\r")
    child.expect("What should serve it")
    assert "PyTorch Mobile" not in child.before + child.after
    assert "TensorFlow Serving" not in child.before + child.after
    child.send("\r")
    child.expect("Next:")
    child.expect(pexpect.EOF)
    (folder,) = tmp_path.iterdir()
    assert folder.name == "digit-classifier-of-mine"
    answers = json.loads((folder / ".dlscaffold.json").read_text("utf-8"))
    assert (answers["task"], answers["target"]) == ("images", "flask")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX terminal")
def test_control_c_at_a_question_ends_quietly(tmp_path: Path) -> None:
    child = pexpect.spawn(
        sys.executable,
        ["-m", "dlscaffold", "new", "-o", str(tmp_path)],
        env={**os.environ, **NO_CURSOR},
        encoding="utf-8",
        timeout=60,
    )
    child.expect("Project name")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 1
    assert "Traceback" not in child.before
    assert not list(tmp_path.iterdir())
