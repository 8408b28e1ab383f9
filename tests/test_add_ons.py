"""Apps and extras: what a person adds to a combination by name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from conftest import NO_CURSOR, files_below
from dlscaffold.errors import UsageError
from dlscaffold.layers import choices
from dlscaffold.layers.catalog import Catalog, Cell
from dlscaffold.layers.finding import find_cell, with_add_ons
from dlscaffold.project import names
from dlscaffold.project import rendering as project

DOWN = "\x1b[B"
# A target for toys, two apps for it, an extra that fits all that serves, and what the
# target adds where one of the apps is chosen. The names in braces are spelt out below.
LAYERS = {
    "shared/toys/layer.toml": 'title = "Toys"\n',
    "targets/toy/layer.toml": (
        'title = "Toy"\nconsumes = ["onnx"]\nincludes = ["shared/toys"]\n'
    ),
    "targets/toy/templates/partials/readme/target.md": "## The toy\n",
    "targets/toy/with/kiosk/PROJECT/kiosk/runtime.txt": "the toy's\n",
    "apps/kiosk/layer.toml": (
        'title = "Kiosk"\nfits = ["shared/toys"]\nrequires = ["tasks/digits"]\n'
        "default = true\n"
    ),
    "apps/kiosk/PROJECT/kiosk/main.txt": "for {{ cookiecutter.project_name }}\n",
    "apps/kiosk/templates/partials/kiosk/readme.md": "\n## The kiosk\n",
    "apps/kiosk/templates/partials/kiosk/gitignore.txt": "/kiosk/build/\n",
    "apps/watch/layer.toml": 'title = "Watch"\nfits = ["shared/toys"]\n',
    "apps/watch/PROJECT/watch/main.txt": "small\n",
    "extras/notes/layer.toml": (
        'title = "Notes"\nfits = ["targets/toy", "targets/flask"]\n\n'
        "[context]\npen = 1\n"
    ),
    "extras/notes/PROJECT/notes.txt": "pen {{ cookiecutter._pen }}\n",
    "extras/notes/templates/partials/notes/make.mk": (
        "\nnotes: ## read the notes\n\tcat notes.txt\n\n.PHONY: notes\n"
    ),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of these layers."""
    folder = tmp_path_factory.mktemp("layers")
    for path, text in LAYERS.items():
        file = folder / path.replace("PROJECT", "{{cookiecutter.project_slug}}")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def catalog(root: Path) -> Catalog:
    return Catalog([Path(choices.packaged()), root])


def rendered(cell: Cell, folder: Path) -> dict[str, str]:
    """Return the text of each file of a project for this combination."""
    answers = project.Answers(names.derive("Shop digits"), cell, "MIT")
    files = files_below(project.generate(answers, folder))
    return {path: content.decode() for path, content in files.items()}


def test_a_combination_has_no_app_or_extra_of_its_own(
    catalog: Catalog, tmp_path: Path
) -> None:
    files = rendered(find_cell(catalog, "keras", "toy"), tmp_path)
    assert not [path for path in files if "kiosk" in path or "notes" in path]
    assert "kiosk" not in files["README.md"].lower()
    manifest = json.loads(files[".dlscaffold.json"])
    assert (manifest["apps"], manifest["extras"]) == ([], [])


def test_apps_and_extras_bring_files_text_and_values(
    catalog: Catalog, tmp_path: Path
) -> None:
    cell = with_add_ons(find_cell(catalog, "keras", "toy"), ["kiosk"], ["notes"])
    files = rendered(cell, tmp_path)
    assert files["kiosk/main.txt"] == "for Shop digits\n"
    assert files["kiosk/runtime.txt"] == "the toy's\n"
    assert files["notes.txt"] == "pen 1\n"
    assert "## The toy\n\n## The kiosk\n\n" in files["README.md"]
    assert "/kiosk/build/\n" in files[".gitignore"]
    assert "\nnotes: ## read the notes\n" in files["Makefile"]
    manifest = json.loads(files[".dlscaffold.json"])
    assert (manifest["apps"], manifest["extras"]) == (["kiosk"], ["notes"])


def test_several_apps_lie_side_by_side(catalog: Catalog, tmp_path: Path) -> None:
    cell = find_cell(catalog, "keras", "toy")
    cell = with_add_ons(cell, ["watch", "kiosk", "watch"], [])
    files = rendered(cell, tmp_path)
    assert {"kiosk/main.txt", "watch/main.txt"} <= set(files)
    assert json.loads(files[".dlscaffold.json"])["apps"] == ["kiosk", "watch"]


def test_default_apps_come_unless_others_or_none_are_named(catalog: Catalog) -> None:
    cell = find_cell(catalog, "keras", "toy")
    assert [app.name for app in with_add_ons(cell, [], []).apps] == ["kiosk"]
    assert [app.name for app in with_add_ons(cell, ["watch"], []).apps] == ["watch"]
    assert with_add_ons(cell, ["none"], []).apps == ()


@pytest.mark.parametrize("target", ["flask", "tensorflow-serving"])
def test_a_target_without_apps_gets_none(catalog: Catalog, target: str) -> None:
    cell = find_cell(catalog, "keras", target)
    assert with_add_ons(cell, [], []).apps == ()
    assert with_add_ons(cell, ["none"], []).apps == ()


def given_cell(catalog: Catalog) -> Cell:
    drawn = catalog.find("shared/drawn-examples")
    kind, target = catalog.model("onnx"), catalog.target("toy")
    return Cell(catalog, kind, target, catalog.format("onnx"), start=(drawn,))


def test_what_does_not_fit_is_refused_with_the_reason(catalog: Catalog) -> None:
    flask, serving = (
        find_cell(catalog, "keras", name) for name in ("flask", "tensorflow-serving")
    )
    assert with_add_ons(flask, [], ["notes"]).extras
    with pytest.raises(UsageError, match="--app watch fits projects with Toys"):
        with_add_ons(flask, ["watch"], [])
    with pytest.raises(UsageError, match="--with notes fits projects with Toy or Fl"):
        with_add_ons(serving, [], ["notes"])
    with pytest.raises(UsageError, match="--app none contradicts --app watch"):
        with_add_ons(find_cell(catalog, "keras", "toy"), ["none", "watch"], [])


def test_an_app_that_needs_what_a_given_model_lacks(catalog: Catalog) -> None:
    cell = given_cell(catalog)
    assert with_add_ons(cell, [], []).apps == ()
    assert with_add_ons(cell, ["watch"], []).apps
    with pytest.raises(UsageError, match=r"--app kiosk needs .*Handwritten digits"):
        with_add_ons(cell, ["kiosk"], [])


def run(*words: object, layers: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line with these layers, where there is no terminal."""
    return subprocess.run(
        [sys.executable, "-m", "dlscaffold", *map(str, words)],
        env={**os.environ, choices.VARIABLE: str(layers)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_new_says_what_was_chosen_in_json(root: Path, tmp_path: Path) -> None:
    words = ("new", "x", "-f", "keras", "-t", "toy", "--json", "-o", tmp_path)
    fields = json.loads(run(*words, "--with", "notes", layers=root).stdout)
    assert (fields["apps"], fields["extras"]) == (["kiosk"], ["notes"])
    assert fields["files"]["notes.txt"] == "extras/notes"
    assert fields["files"]["kiosk/runtime.txt"] == "targets/toy/with/kiosk"


def test_the_command_that_new_prints_names_them(root: Path) -> None:
    words = ("new", "--app", "watch", "--with", "notes", "-t", "toy")
    done = run(*words, layers=root)
    assert done.returncode == 2
    assert "--target toy --app watch --with notes" in done.stderr


def test_eject_takes_them_too(root: Path, tmp_path: Path) -> None:
    words = ("eject", "-f", "keras", "-t", "toy", "--app", "none", "--with", "notes")
    done = run(*words, tmp_path / "template", layers=root)
    assert done.returncode == 0, done.stderr
    context = json.loads((tmp_path / "template" / "cookiecutter.json").read_text())
    assert (context["_apps"], context["_extras"]) == ([], ["notes"])
    assert (tmp_path / "template/{{cookiecutter.project_slug}}/notes.txt").is_file()


def on_terminal(root: Path, *words: str, keys: str) -> str:
    """Return what a dry run prints when the question about apps gets these keys."""
    child = pexpect.spawn(
        sys.executable,
        ["-m", "dlscaffold", "new", "x", "-f", "keras", "--dry-run", *words],
        env={**os.environ, **NO_CURSOR, choices.VARIABLE: str(root)},
        encoding="utf-8",
        timeout=60,
        dimensions=(60, 120),
    )
    if keys:
        child.expect("Which app")
        child.send(keys)
    child.expect("Nothing was written")
    return str(child.before)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX terminal")
@pytest.mark.parametrize(
    ("keys", "apps"),
    [
        ("\r", {"kiosk"}),  # as it is offered
        (" \r", set()),  # the first, which is the default, is taken out
        (f" {DOWN} \r", {"watch"}),
        (f"{DOWN} \r", {"kiosk", "watch"}),
    ],
)
def test_apps_are_asked_for_on_a_terminal(
    root: Path, keys: str, apps: set[str]
) -> None:
    text = on_terminal(root, "-t", "toy", keys=keys)
    assert {app for app in ("kiosk", "watch") if f"apps/{app}" in text} == apps


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX terminal")
@pytest.mark.parametrize(
    "words", [("-t", "toy", "--app", "watch"), ("-t", "toy", "--yes"), ("-t", "flask")]
)
def test_apps_are_not_asked_for_without_need(root: Path, words: tuple[str]) -> None:
    """Not if they are named, if the defaults are wanted, or if none fits."""
    assert "Which app" not in on_terminal(root, *words, keys="")
