"""Documentation that cannot go stale."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from dlscaffold.cli import main
from dlscaffold.layers import manifest
from dlscaffold.layers.choices import layer_names

ROOT = Path(__file__).parents[1]
PAGES = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").glob("*.md"),
    ROOT / "templates/README.md",
]


def test_generated_blocks_are_fresh() -> None:
    command = [sys.executable, ROOT / "docs" / "update.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", main.commands)
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"`dlscaffold {command}" in (ROOT / "README.md").read_text("utf-8")


def test_every_command_of_the_readme_exists() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    named = set(
        re.findall(r"^dlscaffold (\w+)|`dlscaffold (\w+)", readme, re.MULTILINE)
    )
    assert {one or other for one, other in named} <= set(main.commands)
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for goal in re.findall(r"^make (\S+)", readme, re.MULTILINE):
        assert re.search(rf"^{goal}:", makefile, re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)", page.read_text("utf-8")):
        if "://" not in link:
            assert (page.parent / link).exists(), link


def test_every_partial_is_lent_and_included_and_documented() -> None:
    templates = ROOT / "templates"
    lent = {
        generic(path.as_posix().rpartition("/templates/partials/")[2])
        for path in templates.rglob("templates/partials/**/*")
        if path.is_file()
    }
    files = [path for layer in templates.iterdir() for path in layer.rglob("*")]
    included = {
        name.replace('" ~ name ~ "', "NAME")
        for path in files
        if path.is_file()
        for name in PARTIAL.findall(path.read_text("utf-8", "ignore"))
    }
    assert lent | {f"NAME/{file}" for file in OF_ADD_ONS} == included
    readme = (templates / "README.md").read_text("utf-8")
    assert {name for name in lent if f"`{name}`" not in readme} == set()


PARTIAL = re.compile(r'"partials/((?:" ~ name ~ ")?[^"]+)"')
ADD_ONS = {*layer_names("apps"), *layer_names("extras")}
# What any app or extra may lend.
OF_ADD_ONS = ("dependencies.toml", "gitignore.txt", "make.mk", "readme.md")


def generic(partial: str) -> str:
    """Return a partial's path, with NAME for an app or extra in what any may lend."""
    folder, _, file = partial.partition("/")
    common = folder in ADD_ONS and file in OF_ADD_ONS
    return f"NAME/{file}" if common else partial


def section(title: str) -> str:
    """Return a section of the page on layers, without its heading."""
    readme = (ROOT / "templates" / "README.md").read_text("utf-8")
    return readme.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_the_keys_on_the_page_are_those_of_the_schema() -> None:
    table = section("The keys of `layer.toml`")
    named = set(
        re.findall(
            r"`\[?(\w+)\]?`", "".join(re.findall(r"^\| .*? \|", table, re.MULTILINE))
        )
    )
    schema = {key for keys in manifest.KEYS.values() for key in keys}
    assert named == schema | set(manifest.COMMON)


def test_the_example_of_a_target_is_a_layer_that_works() -> None:
    """tests/layers/ has it, and other tests generate from it."""
    echo = ROOT / "tests" / "layers" / "targets" / "echo"
    text = textwrap.dedent(section("Add a target"))
    blocks = dict(re.findall(r"```(\w+)\n(.*?)```", text, re.DOTALL))
    written = textwrap.dedent(blocks["toml"])
    assert written == (echo / "layer.toml").read_text("utf-8")
    (serve,) = echo.rglob("serve.py")
    for line in blocks["python"].split("\n"):
        assert line.strip() in serve.read_text("utf-8")


def test_the_files_of_a_framework_are_those_of_one_that_works() -> None:
    layer = ROOT / "tests" / "layers" / "frameworks" / "sklearn"
    files = {path.name for path in layer.rglob("*") if path.is_file()}
    text = section("Add a framework")
    numbered = re.findall(r"^\d\. .*$", text, re.MULTILINE)
    named = {
        name for line in numbered for name in re.findall(r"`[\w/<>]*?(\w+\.\w+)`", line)
    }
    assert named <= files
    assert files - named <= {"guidance.toml"}
