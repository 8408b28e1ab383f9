"""The apps that come with a model for phones: one, several, or none."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
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
CHOICES = (("none",), ("android",), ("ios",), ("android", "ios"))
FilesOf = Callable[[Cell, tuple[str, ...]], dict[str, str]]


@pytest.fixture(scope="module")
def files_of(tmp_path_factory: pytest.TempPathFactory) -> FilesOf:
    """Return the text of each file of a project with these apps, generated once."""

    @cache
    def files_of(cell: Cell, apps: tuple[str, ...]) -> dict[str, str]:
        chosen = with_add_ons(cell, apps, [])
        answers = project.Answers(names.derive("x"), chosen, "MIT")
        path = project.generate(answers, tmp_path_factory.mktemp("apps"))
        files = files_below(path).items()
        return {path: content.decode() for path, content in files}

    return files_of


@pytest.mark.parametrize("apps", CHOICES, ids=" ".join)
@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_a_project_has_the_chosen_apps_alone(
    cell: Cell, apps: tuple[str, ...], files_of: FilesOf
) -> None:
    files = files_of(cell, apps)
    readme = files["README.md"]
    for app, title in zip(APPS, ("Android", "iOS"), strict=True):
        chosen = app in apps
        assert any(path.startswith(f"{app}/") for path in files) is chosen
        assert (f"\n## The {title} app\n" in readme) is chosen
        assert (f"`{app}/`" in readme) is chosen
        assert (f"\n{app}: ##" in files["Makefile"]) is chosen
        assert (f"/{app}/" in files[".gitignore"]) is chosen


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_apps_change_nothing_else(cell: Cell, files_of: FilesOf) -> None:
    """Model, tests and preprocessing are the same with and without them."""
    with_both = files_of(cell, APPS)
    without = files_of(cell, ("none",))
    differing = {path for path in without if without[path] != with_both[path]}
    assert differing == {".dlscaffold.json", ".gitignore", "Makefile", "README.md"}
    further = with_both.keys() - without.keys()
    assert {path.partition("/")[0] for path in further} == set(APPS)
    assert {"x/prepare.py", "tests/contract/test_raw.py"} <= without.keys()


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_the_readme_says_how_to_use_the_model_in_an_app_that_exists(
    cell: Cell, files_of: FilesOf
) -> None:
    """Where the project brings none."""
    library = str(cell.target.context["android_runtime"])
    for apps in CHOICES:
        readme = files_of(cell, apps)["README.md"]
        described = "\n## In your app\n" in readme
        assert described is (apps == ("none",))
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
