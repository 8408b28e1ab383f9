"""The page on the document's claims says what was measured, and quotes correctly."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from conftest import CATALOG
from dlscaffold.advice import guidance

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    file = ROOT / "benchmarks" / "frameworks.py"
    spec = importlib.util.spec_from_file_location("frameworks", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    fields: dict[str, Any] = json.loads((ROOT / "docs/claims.json").read_text("utf-8"))
    return fields


def test_page_and_statements_are_what_was_measured(
    benchmark: ModuleType, results: dict[str, Any]
) -> None:
    page = (ROOT / "docs" / "claims.md").read_text("utf-8")
    assert page == benchmark.claims_page(results)
    for name in benchmark.FRAMEWORKS:
        file = ROOT / "templates" / "frameworks" / name / "measured.toml"
        assert file.read_text("utf-8") == benchmark.measured_statement(results, name)


def test_the_page_quotes_the_document() -> None:
    page = (ROOT / "docs" / "claims.md").read_text("utf-8")
    quoted = re.findall(r"^## “(.+)” \((\w+)\)$", page, re.MULTILINE)
    known = guidance.load(CATALOG)
    said = {
        (statement.says, statement.about)
        for statement in known.of("document-says")
        if statement.criterion == "speed"
    }
    assert {(words, f"frameworks/{title.lower()}") for words, title in quoted} == said


def test_every_framework_learned_and_every_round_was_kept(
    results: dict[str, Any],
) -> None:
    assert results["rounds"] >= 10
    for name, about in results["about"].items():
        # One epoch in each of two ways; chance is 0.1.
        assert about["accuracy"] > 0.8
        for times in results["seconds"][name].values():
            assert len(times) == results["rounds"]


@pytest.mark.parametrize(
    ("found", "word"),
    [
        ([2.0] * 9 + [1.0], "slower"),
        ([0.5] * 8 + [1.0] * 2, "faster"),
        ([1.1] * 10, "the same"),
        ([0.5] * 5 + [2.0] * 5, "undecided"),
        ([0.9] * 7 + [2.0] * 3, "undecided"),
    ],
)
def test_a_verdict_is_what_the_rounds_agree_on(
    benchmark: ModuleType, found: list[float], word: str
) -> None:
    assert benchmark.verdict(found) == word
