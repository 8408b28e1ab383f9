"""Rows: sent to the service, and by the client."""

import json
import subprocess
import sys
from typing import Any

import pytest
import requests
from conftest import SERVE
from outputs import outputs_of

from {{ cookiecutter.package_name }}.contract import Signature, Tensors, raw
from {{ cookiecutter.package_name }}.contract.rows import to_rows
from {{ cookiecutter.package_name }}.evaluation import held_out
from {{ cookiecutter.package_name }}.settings import REPORTS, ROOT

EXAMPLE = REPORTS / "example.json"


def post(service: str, row: object) -> requests.Response:
    """Send a row as the page does."""
    headers = {"Content-Type": "application/json"}
    return requests.post(f"{service}/predict/row", json.dumps(row), headers=headers)


def test_raw_examples_score_as_in_training(service: str, signature: Signature) -> None:
    """Otherwise training sees other inputs than clients get."""

    def predict(values: raw.Columns) -> Tensors:
        answers = [post(service, row).json() for row in to_rows(values)]
        return outputs_of(answers, signature)

    held_out.check(predict)


def test_columns_may_be_left_out(service: str) -> None:
    """They are missing."""
    assert post(service, {}).status_code == 200


def test_an_unknown_column_is_refused(service: str) -> None:
    """By its name."""
    answer = post(service, {"no such column": 1})
    assert answer.status_code == 400
    assert "no such column" in answer.json()["error"]


NO_ROWS: dict[str, Any] = {"list": [], "number": 7, "text": "row", "null": None}


@pytest.mark.parametrize("row", NO_ROWS.values(), ids=NO_ROWS)
def test_other_values_are_refused(service: str, row: object) -> None:
    """With a reason."""
    answer = post(service, row)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_values_of_another_type_are_refused(service: str, signature: Signature) -> None:
    """By the name of their column."""
    how = signature.task.preprocessing
    for name in [*how.numbers, *how.categories]:
        answer = post(service, {name: [1]})
        assert answer.status_code == 400
        assert name in answer.json()["error"]


def test_a_form_is_refused(service: str) -> None:
    """With what to send instead."""
    answer = requests.post(f"{service}/predict/row", data={"a": 1})
    assert answer.status_code == 415
    assert "application/json" in answer.json()["error"]


def test_the_client_is_a_command(service: str) -> None:
    """It takes a file or JSON, and prints the service's answer."""
    module = SERVE.replace(".serve", ".client")
    row = EXAMPLE.read_text("utf-8")
    printed = set()
    for argument in (str(EXAMPLE), row):
        command = [sys.executable, "-m", module, argument, "--url", service]
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert result.returncode == 0, result.stderr
        printed.add(result.stdout)
    answer = post(service, json.loads(row)).json()
    (text,) = printed
    assert text.startswith(str(answer.get("label", answer.get("target"))))
