"""The Android projects, checked as far as that goes without Android.

`tests/e2e/test_mobile.py` compiles the Kotlin.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from conftest import CATALOG, cells_with_app
from dlscaffold.layers.catalog import Cell
from dlscaffold.project import names
from dlscaffold.project import rendering as project

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

APPS = cells_with_app("android")
ANDROID = "{http://schemas.android.com/apk/res/android}"
REFERENCE = re.compile(r'"@\+?(string|drawable|layout|id)/(\w+)"')
USE = re.compile(r"\bR\.(string|drawable|layout|id)\.(\w+)")

pytestmark = pytest.mark.parametrize(
    "cell", APPS, ids=lambda cell: cell.name, scope="session"
)


@pytest.fixture(scope="session")
def android(cell: Cell, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Android project of a cell, with a package name that is a word of Java."""
    answers = project.Answers(names.derive("volatile"), cell, "MIT")
    return project.generate(answers, tmp_path_factory.mktemp("android")) / "android"


def sources(android: Path) -> list[Path]:
    return sorted((android / "app/src").rglob("*.kt"))


def resources(android: Path) -> set[tuple[str, str]]:
    """Return what the project defines, as (kind, name)."""
    folder = android / "app/src/main/res"
    files = {(f.parent.name, f.stem) for f in folder.rglob("*.xml")}
    strings = ElementTree.parse(folder / "values/strings.xml").getroot()
    texts = "".join(f.read_text("utf-8") for f in (folder / "layout").glob("*.xml"))
    ids = {("id", name) for name in re.findall(r'"@\+id/(\w+)"', texts)}
    return files | {("string", str(s.get("name"))) for s in strings} | ids


def test_xml_parses_and_its_references_exist(android: Path) -> None:
    files = list((android / "app/src").rglob("*.xml"))
    assert len(files) >= 4
    for file in files:
        ElementTree.parse(file)
        for reference in REFERENCE.findall(file.read_text("utf-8")):
            assert reference in resources(android), f"{file}: {reference}"


def test_code_uses_resources_that_exist(android: Path) -> None:
    used = {use for file in sources(android) for use in USE.findall(file.read_text())}
    assert used
    assert used <= resources(android)


def test_every_string_is_used(android: Path) -> None:
    texts = [f.read_text() for f in (android / "app/src").rglob("*") if f.is_file()]
    uses = {
        use for text in texts for use in [*REFERENCE.findall(text), *USE.findall(text)]
    }
    assert resources(android) - uses <= {("values", "strings")}


def test_manifest_names_a_class_that_exists(android: Path) -> None:
    manifest = ElementTree.parse(android / "app/src/main/AndroidManifest.xml")
    build = (android / "app/build.gradle.kts").read_text()
    (namespace,) = re.findall(r'namespace = "([\w.]+)"', build)
    folder = android / "app/src/main/kotlin" / namespace.replace(".", "/")
    for activity in manifest.iter("activity"):
        name = activity.attrib[f"{ANDROID}name"].removeprefix(".")
        assert f"class {name} " in (folder / f"{name}.kt").read_text()


def test_layout_names_views_that_exist(android: Path) -> None:
    code = "".join(file.read_text() for file in sources(android))
    layout = ElementTree.parse(android / "app/src/main/res/layout/main.xml")
    own = [view.tag for view in layout.iter() if "." in view.tag]
    assert own
    for tag in own:
        assert f"class {tag.rpartition('.')[2]}(context: Context, attributes" in code


def test_every_file_is_in_its_package(android: Path) -> None:
    for file in sources(android):
        package = re.match(r"package ([\w.]+)\n", file.read_text())
        assert package, file
        assert file.parent.as_posix().endswith("/" + package[1].replace(".", "/"))


def test_versions_are_in_the_catalog(android: Path) -> None:
    versions = tomllib.loads((android / "gradle/libs.versions.toml").read_text())
    scripts = "".join(file.read_text() for file in android.rglob("*.gradle.kts"))
    for kind, used in (
        ("plugins", re.findall(r"alias\(libs\.plugins\.([\w.]+)\)", scripts)),
        ("libraries", re.findall(r"mplementation\(libs\.([\w.]+)\)", scripts)),
    ):
        known = {name.replace("-", ".") for name in versions[kind]}
        assert set(used) == known
    for entry in [*versions["plugins"].values(), *versions["libraries"].values()]:
        version = entry["version"]
        number = versions["versions"][version["ref"]] if "ref" in version else version
        assert re.fullmatch(r"\d+(\.\d+)*", number), entry


def test_gradle_is_the_one_that_the_plugin_asks_for(android: Path) -> None:
    """The plugin's release notes: 9.3 needs Gradle 9.5.0."""
    versions = tomllib.loads((android / "gradle/libs.versions.toml").read_text())
    assert versions["versions"]["android-plugin"].startswith("9.3.")
    wrapper = (android / "gradle/wrapper/gradle-wrapper.properties").read_text()
    assert "gradle-9.5.0-bin.zip" in wrapper


def test_only_the_classifier_knows_the_runtime(android: Path, cell: Cell) -> None:
    """A move to another runtime changes one file, and that one knows no Android."""
    context = cell.target.context
    group = context["android_runtime"].partition(":")[0]
    for file in sources(android):
        knows = f"import {group}" in file.read_text()
        assert knows is (file.name == "Classifier.kt"), file
        if knows:
            assert "import android" not in file.read_text()


def test_the_runtime_is_the_one_that_export_checks_against(
    android: Path, cell: Cell
) -> None:
    pinned = CATALOG.format(cell.format.name).context["phone_runtime"]
    versions = tomllib.loads((android / "gradle/libs.versions.toml").read_text())
    assert versions["versions"]["runtime"] == pinned
