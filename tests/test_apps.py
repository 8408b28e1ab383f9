"""The apps that come with a model for phones: one, several, or none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from conftest import GIVEN_CELLS, MOBILE, files_below
from dlscaffold.errors import UsageError
from dlscaffold.layers.catalog import Cell
from dlscaffold.layers.finding import with_add_ons
from dlscaffold.project import names
from dlscaffold.project import rendering as project

APPS = ("android", "ios")
# One for each target: the framework makes no difference to an app.
CELLS = list({cell.target: cell for cell in MOBILE}.values())
CHOICES = (["none"], ["android"], ["ios"], ["android", "ios"])


def rendered(cell: Cell, apps: list[str], folder: Path) -> dict[str, str]:
    """Return the text of each file of a project with these apps."""
    answers = project.Answers(names.derive("x"), with_add_ons(cell, apps, []), "MIT")
    files = files_below(project.generate(answers, folder))
    return {path: content.decode() for path, content in files.items()}


@pytest.mark.parametrize("apps", CHOICES, ids=" ".join)
@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_a_project_has_the_chosen_apps_alone(
    cell: Cell, apps: list[str], tmp_path: Path
) -> None:
    files = rendered(cell, apps, tmp_path)
    readme = files["README.md"]
    for app, title in zip(APPS, ("Android", "iOS"), strict=True):
        chosen = app in apps
        assert any(path.startswith(f"{app}/") for path in files) is chosen
        assert (f"\n## The {title} app\n" in readme) is chosen
        assert (f"`{app}/`" in readme) is chosen
        assert (f"\n{app}: ##" in files["Makefile"]) is chosen
        assert (f"/{app}/" in files[".gitignore"]) is chosen


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_apps_change_nothing_else(cell: Cell, tmp_path: Path) -> None:
    """Model, tests and preprocessing are the same with and without them."""
    with_both = rendered(cell, list(APPS), tmp_path / "both")
    without = rendered(cell, ["none"], tmp_path / "none")
    differing = {path for path in without if without[path] != with_both[path]}
    assert differing == {".dlscaffold.json", ".gitignore", "Makefile", "README.md"}
    further = with_both.keys() - without.keys()
    assert {path.partition("/")[0] for path in further} == set(APPS)
    assert {"x/prepare.py", "tests/test_prepare.py"} <= without.keys()


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_the_readme_says_how_to_use_the_model_in_an_app_that_exists(
    cell: Cell, tmp_path: Path
) -> None:
    """Where the project brings none."""
    library = str(cell.target.context["android_runtime"])
    for apps in CHOICES:
        readme = rendered(cell, apps, tmp_path / "-".join(apps))["README.md"]
        described = "\n## In your app\n" in readme
        assert described is (apps == ["none"])
        assert (f'implementation("{library}:' in readme) is described


@pytest.mark.parametrize(
    ("words", "expected"),
    [((), ["android"]), (("--app", "none"), []), (("--app", "ios"), ["ios"])],
)
def test_android_is_the_default(
    dlscaffold: Callable[..., Result],
    tmp_path: Path,
    words: tuple[str, ...],
    expected: list[str],
) -> None:
    result = dlscaffold(
        *("new", "x", "-f", "keras", "-t", "litert", "-o", tmp_path, "--json", *words)
    )
    assert json.loads(result.stdout)["apps"] == expected
    found = {app for app in APPS if (tmp_path / "x" / app).is_dir()}
    assert found == set(expected)


def test_a_given_model_gets_no_app() -> None:
    """The apps draw digits."""
    cells = [c for c in GIVEN_CELLS if "shared/mobile" in c.target.includes]
    assert cells
    for cell in cells:
        assert with_add_ons(cell, [], []).apps == ()
        with pytest.raises(UsageError, match="Handwritten digits"):
            with_add_ons(cell, ["android"], [])
