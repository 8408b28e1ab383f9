"""The iOS projects, checked as far as that goes without a Mac.

`tests/e2e/test_ios.py` compiles the Swift and runs its tests.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import tree_sitter_swift
import yaml
from tree_sitter import Language, Parser

from conftest import CATALOG, cells_with_app
from dlscaffold.layers.catalog import Cell
from dlscaffold.project import rendering as project

SWIFT = Parser(Language(tree_sitter_swift.language()))
RUNTIMES = {"ExecuTorch", "LiteRT", "LiteModule"}

pytestmark = pytest.mark.parametrize(
    "cell", cells_with_app("ios"), ids=lambda cell: cell.name, scope="session"
)


@pytest.fixture
def ios(rendered: tuple[project.Answers, Path]) -> Path:
    """The iOS project of a cell."""
    return rendered[1] / "ios"


@pytest.fixture
def spec(ios: Path) -> dict[str, Any]:
    """What XcodeGen reads."""
    return dict(yaml.safe_load((ios / "project.yml").read_text("utf-8")))


def runtime(cell: Cell) -> str:
    """Return the version of the runtime that the target pins for iOS."""
    return str(cell.target.context["ios_runtime_version"])


def test_swift_parses(ios: Path) -> None:
    files = list(ios.rglob("*.swift"))
    assert len(files) == 8
    for file in files:
        assert not SWIFT.parse(file.read_bytes()).root_node.has_error, file


def test_folders_of_the_project_exist(ios: Path, spec: dict[str, Any]) -> None:
    """All but the artifacts, which the project must not be made without."""
    found = set()
    for target in spec["targets"].values():
        for source in target["sources"]:
            fields = source if isinstance(source, dict) else {"path": source}
            assert not fields.get("optional")
            found.add(fields["path"])
    assert found - {"../artifacts"} == {f.name for f in ios.iterdir() if f.is_dir()}
    assert "../artifacts" in found


def test_every_name_in_the_project_is_defined(spec: dict[str, Any]) -> None:
    app, tests = spec["targets"]["Digits"], spec["targets"]["DigitsTests"]
    assert app["scheme"]["testTargets"] == ["DigitsTests"]
    assert tests["dependencies"] == [{"target": "Digits"}]
    assert set(app["templates"]) == set(spec["targetTemplates"])
    dependencies = spec["targetTemplates"]["Runtime"].get("dependencies", [])
    assert {d["package"] for d in dependencies} == set(spec.get("packages", {}))


def test_the_identifier_is_one_that_apple_accepts(spec: dict[str, Any]) -> None:
    settings = spec["targets"]["Digits"]["settings"]
    identifier = settings["PRODUCT_BUNDLE_IDENTIFIER"]
    assert re.fullmatch(r"[A-Za-z0-9.-]+", identifier)
    assert settings["INFOPLIST_KEY_CFBundleDisplayName"] == identifier.split(".")[2]


def test_the_runtime_is_pinned(ios: Path, spec: dict[str, Any], cell: Cell) -> None:
    """One source for it: a package's branch for a release, or a pod's version."""
    version = re.escape(runtime(cell))
    branches = [package["branch"] for package in spec.get("packages", {}).values()]
    podfile = ios / "Podfile"
    pods = podfile.read_text("utf-8").splitlines() if podfile.exists() else []
    pins = [*branches, *(line for line in pods if line.startswith("  pod "))]
    assert len(pins) == 1
    assert re.search(rf"[^\d.]{version}('|$)", pins[0])


def test_the_runtime_reads_what_is_exported(cell: Cell) -> None:
    """The same release as what export checks against; a later patch may be missing."""
    pinned = CATALOG.format(cell.format.name).context["phone_runtime"]
    assert runtime(cell).split(".")[:2] == pinned.split(".")[:2]


def test_only_the_classifier_knows_the_runtime(ios: Path) -> None:
    """A move to another runtime changes one file, and that one has no screen in it."""
    for file in ios.rglob("*.swift"):
        words = set(re.findall(r"\w+", file.read_text("utf-8")))
        assert bool(words & RUNTIMES) is (file.name == "Classifier.swift"), file
        assert ("SwiftUI" in words) is (file.parent.name == "App"), file


def test_the_bridge_is_the_header_that_exists(ios: Path, spec: dict[str, Any]) -> None:
    settings = spec["targetTemplates"]["Runtime"].get("settings", {})
    header = settings.get("SWIFT_OBJC_BRIDGING_HEADER")
    headers = [file.relative_to(ios).as_posix() for file in ios.rglob("*.h")]
    assert ([header] if header else []) == headers
    for name in headers:
        assert (ios / name).with_suffix(".mm").exists()
