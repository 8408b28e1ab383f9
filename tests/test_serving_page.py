"""The page on the Flask service's speed says what was measured, and so does advice."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from conftest import CATALOG
from dlscaffold.advice import guidance

ROOT = Path(__file__).parents[1]


def script(name: str) -> ModuleType:
    """Return a benchmark as a module."""
    file = ROOT / "benchmarks" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"benchmark_{name}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look for it there
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    return script("serving")


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    fields: dict[str, Any] = json.loads((ROOT / "docs/serving.json").read_text("utf-8"))
    return fields


def test_the_page_is_what_was_measured(
    benchmark: ModuleType, measured: dict[str, Any]
) -> None:
    page = (ROOT / "docs" / "serving.md").read_text("utf-8")
    assert page == benchmark.page(measured)


def test_every_round_of_every_server_was_kept(
    benchmark: ModuleType, measured: dict[str, Any]
) -> None:
    assert measured["rounds"] >= 5
    assert measured["servers"].keys() >= benchmark.TARGETS.keys() - {
        "TensorFlow Serving"  # only where its binary is installed
    }
    for figures in measured["servers"].values():
        assert {len(rounds) for rounds in figures.values()} == {measured["rounds"]}


def test_advice_claims_no_more_than_was_measured(
    benchmark: ModuleType, measured: dict[str, Any]
) -> None:
    (said,) = (
        statement.says
        for statement in guidance.load(CATALOG).about("targets/flask", "advice")
        if statement.source == "docs/serving.md"
    )
    claimed = re.search(r"more than (\d+) times FastAPI", said)
    assert claimed is not None
    assert benchmark.ratio(measured, "FastAPI") > int(claimed[1])
    late = [
        benchmark.median(measured, name, "milliseconds_99")
        for name in (benchmark.OURS, "FastAPI", "FastAPI, async def")
    ]
    assert late[0] == min(late)


def test_the_page_on_batches_is_what_was_measured() -> None:
    measured = json.loads((ROOT / "docs" / "batching.json").read_text("utf-8"))
    page = (ROOT / "docs" / "batching.md").read_text("utf-8")
    assert page == script("batching").page(measured)
