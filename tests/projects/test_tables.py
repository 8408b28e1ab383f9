"""How generated projects prepare the rows of a table, and answer with numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conftest import CATALOG, CELLS
from projects.conftest import Project, render

NAN = float("nan")
TEXTS = ["red"] * 3 + ["blue"] * 3 + ["rare", ""]
RAW = {
    "size": np.array([1, 2, 3, 4, 5, 6, 7, NAN], np.float32),
    "weight": np.array([2, 2, 2, 2, 4, 4, 4, 4], np.float32),
    "colour": np.array(TEXTS, object),
    "id": np.array([f"id {row}" for row in range(8)], object),
    "same": np.array(["x"] * 8, object),
    "one": np.ones(8, np.float32),
    "empty": np.full(8, NAN, np.float32),
}


def project(name: str, goal: str, folder: Path) -> Project:
    cell = next(cell for cell in CELLS if cell.name == name)
    start = CATALOG.start("table", goal=goal)
    return render(replace(cell, start=start), folder)


@pytest.fixture(scope="module")
def table(project_of: Callable[[str], Project], tmp_path_factory: Any) -> Project:
    project_of("keras-flask-onnx")  # which puts Python's path back at the end
    folder = tmp_path_factory.mktemp("tables")
    return project("pytorch-flask-onnx", "classification", folder)


@pytest.fixture(scope="module")
def rows(table: Project) -> Any:
    return table.module("contract.rows")


@pytest.fixture(scope="module")
def how(table: Project) -> Any:
    return table.module("prepare").fit(RAW)


def test_columns_that_tell_no_rows_apart_are_left_out_by_name(
    table: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    how = table.module("prepare").fit(RAW)
    assert how.left_out == ["id", "same", "one", "empty"]
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    assert "id, same, one, empty" in printed
    assert "id 1" not in printed


def test_a_table_without_other_columns_is_refused(table: Project) -> None:
    with pytest.raises(table.module("contract").ContractError, match="add others"):
        table.module("prepare").fit({"one": RAW["one"]})


def test_what_training_learns_of_a_column(how: Any) -> None:
    assert how.numbers["weight"] == {"mean": 3, "deviation": 1, "least": 2, "most": 4}
    assert how.numbers["size"]["mean"] == 4  # of those that are there
    assert how.indicated == ["size"]
    assert how.categories == {"colour": ["blue", "red"]}
    assert (how.width, how.vocabulary) == (3, 3)


def prepared(table: Project, how: Any, **row: object) -> dict[str, list[Any]]:
    columns = table.module("contract.rows").to_columns(row, how)
    inputs = table.module("prepare").prepare(columns, how)
    assert {name: str(one.dtype) for name, one in inputs.items()} == {
        "numbers": "float32",
        "categories": "int64",
    }
    return {name: one[0].tolist() for name, one in inputs.items()}


def test_numbers_are_scaled_and_categories_looked_up(table: Project, how: Any) -> None:
    inputs = prepared(table, how, size=6, weight=2, colour="red")
    assert inputs == {"numbers": [1, -1, 0], "categories": [2]}


def test_what_is_missing_is_the_mean_with_a_mark(table: Project, how: Any) -> None:
    missing = {"numbers": [0, 0, 1], "categories": [0]}
    assert prepared(table, how) == missing
    assert prepared(table, how, size=None, weight=None, colour=None) == missing
    assert prepared(table, how, colour="", id="any", same=3) == missing


@pytest.mark.parametrize("colour", ["rare", "green", True, 7, 1.5])
def test_unknown_categories_are_as_missing(
    table: Project, how: Any, colour: object
) -> None:
    assert prepared(table, how, colour=colour)["categories"] == [0]


def test_far_numbers_are_taken_as_ten_deviations(table: Project, how: Any) -> None:
    assert prepared(table, how, weight=1e38)["numbers"][1] == 10
    assert prepared(table, how, weight=-1e38)["numbers"][1] == -10


def test_columns_have_indices_of_their_own(table: Project) -> None:
    raw = {"a": np.array(list("xxxyyy"), object), "b": np.array(list("pppqqq"), object)}
    prepare = table.module("prepare")
    inputs = prepare.prepare(raw, prepare.fit(raw))
    assert list(inputs) == ["categories"]
    assert inputs["categories"].tolist() == [[1, 4]] * 3 + [[2, 5]] * 3


REFUSED: dict[str, tuple[object, str]] = {
    "a list": ([1], "JSON object"),
    "an unknown column": ({"colr": "red"}, "'colr'.*'colour'"),
    "a text for a number": ({"size": "6"}, "'size' must be a number"),
    "a boolean for a number": ({"size": True}, "'size' must be a number"),
    "NaN": ({"size": NAN}, "'size'"),
    "a number too large": ({"size": 10**400}, "'size'"),
    "infinity": ({"size": float("inf")}, "'size'"),
    "an object for a category": ({"colour": {}}, "'colour' must be a text"),
}


@pytest.mark.parametrize(("row", "reason"), REFUSED.values(), ids=REFUSED)
def test_rows_that_do_not_fit_are_refused(
    table: Project, rows: Any, how: Any, row: object, reason: str
) -> None:
    with pytest.raises(table.module("contract.raw").RawError, match=reason):
        rows.to_columns(row, how)


def test_categories_have_one_text(rows: Any) -> None:
    values = [None, True, 3, 3.0, 1.5, " a "]
    assert [*map(rows.to_text, values)] == ["", "True", "3", "3", "1.5", "a"]


def test_rows_and_golden_examples_keep_what_is_missing(
    table: Project, rows: Any
) -> None:
    raw = table.module("contract.raw")
    columns = {"n": np.array([39.1, NAN], np.float32), "t": raw.column(["", "x"])}
    assert rows.to_rows(columns) == [{"n": 39.1, "t": None}, {"n": None, "t": "x"}]
    back = raw.from_json(raw.to_json(columns))
    assert np.array_equal(back["n"], columns["n"], equal_nan=True)
    assert back["n"].dtype == np.float32
    assert back["t"].tolist() == ["", "x"]


def test_columns_have_names_that_tensorflow_takes(tmp_path: Path, how: Any) -> None:
    name = "tensorflow-tensorflow-serving-saved-model"
    columns = project(name, "classification", tmp_path).module("contract.columns")
    names = ["plain", "alcohol/ä", "A", "a", "1st", "日本", "self", "a b"]
    odd = replace(how, numbers={name: {} for name in names}, categories={})
    assert list(columns.served_names(odd).values()) == [
        *("plain", "alcohol_a", "A", "a_2", "column_1st", "column", "self_2", "a_b"),
    ]


@pytest.fixture(scope="module")
def regression(project_of: Callable[[str], Project], tmp_path_factory: Any) -> Project:
    project_of("keras-flask-onnx")
    folder = tmp_path_factory.mktemp("regression")
    return project("pytorch-flask-onnx", "regression", folder)


def test_r2_compares_with_the_mean(regression: Project) -> None:
    score = regression.module("evaluation.score")
    targets = np.array([1, 2, 3], np.float32)
    assert score.score(targets, {"value": targets}) == 1
    assert score.score(targets, {"value": np.full(3, 2)}) == 0
    assert score.score(targets, {"value": np.full(3, 4)}) < -1
    assert score.baseline(np.array([2, 2]), targets) == 0
    assert score.baseline(np.array([4, 4]), targets) < -1


def test_an_answer_has_the_name_of_its_number(regression: Project) -> None:
    task = regression.module("contract").Task
    fields = {"target": "price", "mean": 1.0, "deviation": 2.0}
    how: dict[str, Any] = {"numbers": {}, "indicated": [], "categories": {}}
    price = task.take({**fields, "preprocessing": {**how, "left_out": []}})
    module = regression.module("contract.answers")
    (answer,) = module.answers({"value": np.array([1234.5], np.float32)}, price)
    assert answer == {"target": "price", "value": 1234.5}
    assert module.show(answer) == "price  1234.5"


def test_the_scale_of_the_targets_is_that_of_training(regression: Project) -> None:
    task = regression.module("contract").Task
    targets = np.array([1, 3], np.float32)
    learnt = task.learn(["price"], targets, None)
    assert (learnt.target, learnt.mean, learnt.deviation) == ("price", 2, 1)
    assert task.learn(["price"], targets[:1], None).deviation == 1
