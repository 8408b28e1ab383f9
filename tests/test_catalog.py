"""The catalog as a value: layers from several roots, each known by its origin."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dlscaffold.errors import LayerError
from dlscaffold.layers import choices
from dlscaffold.layers.catalog import Catalog, installed
from dlscaffold.layers.choices import layer_names
from dlscaffold.layers.finding import find_cell

PACKAGED = Path(choices.packaged())


def write_target(root: Path, name: str, consumes: str = "onnx") -> None:
    """Write the manifest of a target."""
    folder = root / "targets" / name
    folder.mkdir(parents=True)
    text = f'title = "{name.title()}"\nconsumes = ["{consumes}"]\n'
    (folder / "layer.toml").write_text(text, "utf-8")


def test_layers_know_the_root_that_they_come_from(tmp_path: Path) -> None:
    write_target(tmp_path, "echo")
    catalog = Catalog([PACKAGED, tmp_path])
    cell = find_cell(catalog, "pytorch", "echo")
    assert cell.target.root == tmp_path
    assert cell.target.label == "targets/echo"
    assert {layer.root for layer in cell.layers("MIT")} == {PACKAGED, tmp_path}
    assert catalog.names("targets") == sorted(
        [*Catalog([PACKAGED]).names("targets"), "echo"]
    )


def test_equal_roots_make_equal_catalogs(tmp_path: Path) -> None:
    assert Catalog([PACKAGED]) == Catalog((PACKAGED,))
    assert Catalog([PACKAGED]) != Catalog([PACKAGED, tmp_path])


def test_a_name_that_two_roots_bring_is_refused(tmp_path: Path) -> None:
    write_target(tmp_path, "flask")
    with pytest.raises(LayerError) as refused:
        Catalog([PACKAGED, tmp_path])
    assert "targets/flask" in str(refused.value)
    assert str(PACKAGED) in str(refused.value)
    assert str(tmp_path) in str(refused.value)


def test_a_layer_that_is_nowhere_is_named() -> None:
    with pytest.raises(LayerError, match="shared/nothing"):
        Catalog([PACKAGED]).find("shared/nothing")


def test_the_variable_names_further_roots(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    write_target(one, "echo")
    write_target(other, "parrot")
    folders = [str(one), "", str(other), str(one)]
    monkeypatch.setenv(choices.VARIABLE, os.pathsep.join(folders))
    assert installed().roots == (PACKAGED, one, other)
    assert {"echo", "flask", "parrot"} <= set(layer_names("targets"))


def run(*words: str, layers: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line with a further root, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "dlscaffold", *words],
        env={**os.environ, choices.VARIABLE: str(layers)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_options_know_the_layers_of_every_root(tmp_path: Path) -> None:
    write_target(tmp_path, "echo")
    assert "echo" in run("new", "--help", layers=tmp_path).stdout


def test_a_root_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    done = run("list", layers=tmp_path / "nowhere")
    assert (done.returncode, done.stdout) == (1, "")
    message = f"Error: There is no folder of layers {tmp_path / 'nowhere'}: "
    assert done.stderr == f"{message}correct {choices.VARIABLE}.\n"
    shutil.copytree(PACKAGED / "licenses", tmp_path / "licenses")
    done = run("list", layers=tmp_path)
    assert done.returncode == 1
    assert "both have a layer licenses/" in done.stderr
    assert done.stderr.count("\n") == 1
