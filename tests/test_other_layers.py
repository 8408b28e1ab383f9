"""Layers of another root: an extra, a target and a framework, in tests/layers/.

They work like the packaged ones, and change nothing about those. That what is generated
from them is clean, `projects/test_style.py` tests.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import files_below
from dlscaffold.layers import choices
from dlscaffold.layers.catalog import Catalog, Cell
from dlscaffold.layers.checking import check
from dlscaffold.layers.finding import find_cell
from dlscaffold.project import names
from dlscaffold.project.answers import Answers
from dlscaffold.project.rendering import generate

TESTS = Path(__file__).parent
LAYERS = TESTS / "layers"
PACKAGED = Catalog([Path(choices.packaged())])
BOTH = Catalog([Path(choices.packaged()), LAYERS])


def run(*words: object, layers: Path = LAYERS) -> subprocess.CompletedProcess[str]:
    """Run the command line with these layers, where there is no terminal."""
    return subprocess.run(
        [sys.executable, "-m", "dlscaffold", *map(str, words)],
        env={**os.environ, choices.VARIABLE: str(layers)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def fields(*words: object) -> dict[str, Any]:
    """Return what a command prints as JSON."""
    done = run(*words, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_layers_have_no_fault() -> None:
    check(BOTH)


def test_list_has_them() -> None:
    listed = fields("list")
    assert listed["frameworks"]["sklearn"]["exports"] == ["onnx"]
    assert listed["targets"]["echo"]["consumes"] == ["onnx"]
    assert "changelog" in listed["extras"]
    pairs = {(pair["framework"], pair["target"]) for pair in listed["pairs"]}
    assert {("sklearn", "echo"), ("sklearn", "flask"), ("pytorch", "echo")} <= pairs
    assert max(map(len, run("list").stdout.splitlines())) <= 80


def test_new_generates_from_them(tmp_path: Path) -> None:
    words = ("new", "x", "-f", "sklearn", "-t", "echo", "--with", "changelog")
    dry = fields(*words, "-o", tmp_path, "--dry-run")
    made = fields(*words, "-o", tmp_path)
    assert dry["files"] == made["files"]
    assert made["files"]["x/train.py"] == "frameworks/sklearn"
    assert made["files"]["x/model.py"] == "frameworks/sklearn/with/digits"
    assert made["files"]["x/serve.py"] == "targets/echo"
    assert made["files"]["CHANGELOG.md"] == "extras/changelog"
    assert set(made["files"]) == set(files_below(tmp_path / "x"))
    readme = (tmp_path / "x" / "README.md").read_text("utf-8")
    assert "scikit-learn" in readme
    assert "## Changes" in readme


def test_a_given_model_is_served_by_them(tmp_path: Path) -> None:
    model = TESTS / "models" / "ranker.onnx"
    words = ("new", "--model", model, "-t", "echo", "-o", tmp_path)
    assert fields(*words)["files"]["ranker/serve.py"] == "targets/echo"
    assert "echo" in {fit["target"] for fit in fields("inspect", model)["targets"]}


def test_eject_writes_a_template_of_them(tmp_path: Path) -> None:
    words = ("eject", "-f", "sklearn", "-t", "echo", "--with", "changelog")
    done = run(*words, tmp_path / "template")
    assert done.returncode == 0, done.stderr
    context = json.loads((tmp_path / "template" / "cookiecutter.json").read_text())
    assert (context["_framework"], context["_extras"]) == ("sklearn", ["changelog"])


def test_compare_says_that_the_document_does_not_mention_it() -> None:
    done = run("compare", "sklearn")
    assert done.returncode == 0, done.stderr
    assert "does not mention scikit-learn" in done.stdout
    assert run("compare", "keras", "sklearn").returncode == 0


def test_recommend_weighs_them() -> None:
    options = fields("recommend", "--framework", "sklearn")["options"]
    assert [option["target"] for option in options] == ["echo", "flask"]


def test_a_target_that_says_nothing_of_itself_is_told_what_to_add(
    tmp_path: Path,
) -> None:
    """Three files are enough to generate; being recommended takes a fourth."""
    echo = shutil.copytree(LAYERS / "targets" / "echo", tmp_path / "targets" / "echo")
    (echo / "guidance.toml").unlink()
    assert len(files_below(echo)) == 3
    words = ("new", "x", "-f", "keras", "-t", "echo", "--dry-run")
    assert run(*words, layers=tmp_path).returncode == 0
    done = run("recommend", "--framework", "keras", layers=tmp_path)
    text = " ".join(done.stdout.split())
    assert "Echo does not say where it runs: add [[place]]" in text
    assert "guidance.toml" in text


def test_doctor_checks_them(tmp_path: Path) -> None:
    run("new", "x", "-f", "sklearn", "-t", "echo", "-o", tmp_path)
    report = json.loads(run("doctor", tmp_path / "x", "--json").stdout)
    names_ = [one["name"] for part in ("machine", "pairs") for one in report[part]]
    assert "processor for scikit-learn" in names_
    assert "scikit-learn with Echo" in names_
    manifest = next(one for one in report["project"] if one["name"] == "manifest")
    assert manifest["state"] == "fine"


def answers(catalog: Catalog, cell: Cell) -> Answers:
    """Return the answers for the same combination of another catalog."""
    words = (cell.framework.name, cell.target.name, cell.format.name)
    same = find_cell(catalog, *words, cell.backend_name)
    return Answers(names.derive("Shop digits"), same, "MIT")


@pytest.mark.parametrize("cell", list(PACKAGED.cells()), ids=lambda cell: cell.name)
def test_nothing_changes_for_the_packaged_layers(cell: Cell) -> None:
    """Neither files nor values that the templates are rendered with."""
    alone, beside = answers(PACKAGED, cell), answers(BOTH, cell)
    assert alone.owners == beside.owners
    assert alone.context == beside.context


def test_the_same_bytes_are_generated_beside_them(tmp_path: Path) -> None:
    cell = next(PACKAGED.cells())
    alone = generate(answers(PACKAGED, cell), tmp_path / "alone")
    beside = generate(answers(BOTH, cell), tmp_path / "beside")
    assert files_below(alone) == files_below(beside)


# Tests that read their cells from the catalog: what is expected of every layer.
CATALOG_TESTS = (
    "test_cells.py",
    "test_catalog.py",
    "test_backends.py",
    "test_manifest.py",
    "test_names.py",
    "projects/test_budgets.py",
)


@pytest.mark.long
def test_every_test_of_the_catalog_passes_with_them() -> None:
    # Those of the packaged layers run anyway, and nothing changes about them.
    packaged = " or ".join(PACKAGED.names("targets"))
    chosen = f"sklearn or echo or changelog or not ({packaged})"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-x"]
    done = subprocess.run(
        [*command, "-n", "0", "-m", "not e2e", "-k", chosen, *CATALOG_TESTS],
        cwd=TESTS,
        env={**os.environ, choices.VARIABLE: str(LAYERS)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed[1]) > 100


@pytest.mark.e2e
def test_smoke_takes_them_from_training_to_green(tmp_path: Path) -> None:
    words = ("new", "x", "-f", "sklearn", "-t", "echo", "--with", "changelog")
    report = fields(*words, "--smoke", "-o", tmp_path)["smoke"]
    assert report["ok"]
    assert report["tests"]["passed"] > 5
