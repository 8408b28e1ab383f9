"""Texts: sent to the service, and by the client."""

import json
import subprocess
import sys
import unicodedata
from typing import Any

import pytest
import requests
from conftest import SERVE
from outputs import outputs_of

from {{ cookiecutter.package_name }}.contract import Signature, Tensors, raw
from {{ cookiecutter.package_name }}.evaluation import held_out
from {{ cookiecutter.package_name }}.settings import REPORTS, ROOT


def post(service: str, body: str) -> requests.Response:
    """Send a body in JSON, as the page does."""
    headers = {"Content-Type": "application/json"}
    return requests.post(f"{service}/predict/text", body.encode(), headers=headers)


def predict(service: str, text: str) -> dict[str, Any]:
    """Return the answer for a text."""
    answer = post(service, json.dumps({"text": text}))
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_raw_examples_score_as_in_training(service: str, signature: Signature) -> None:
    """Otherwise training sees other inputs than clients get."""

    def all_of(values: raw.Columns) -> Tensors:
        answers = [predict(service, text) for text in values["text"]]
        return outputs_of(answers, signature)

    held_out.check(all_of)


REFUSED = {
    "nothing": "",
    "not JSON": "text",
    "a list": "[]",
    "no text": "{}",
    "a number": '{"text": 7}',
    "null": '{"text": null}',
    "several texts": '{"text": ["a", "b"]}',
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_what_is_no_text_is_refused(service: str, body: str) -> None:
    """With a reason."""
    answer = post(service, body)
    assert answer.status_code == 400
    assert "text" in answer.json()["error"]


def test_other_types_of_body_are_refused(service: str) -> None:
    """With the type to send instead."""
    answer = requests.post(f"{service}/predict/text", data={"text": "a form"})
    assert answer.status_code == 415
    assert "application/json" in answer.json()["error"]


def test_a_text_over_the_limit_of_a_body_is_refused(service: str) -> None:
    """Before it is read."""
    answer = post(service, json.dumps({"text": "a" * {{ cookiecutter._body_limit }}}))
    assert answer.status_code == 413
    assert answer.json()["error"]


ODD = {
    "empty": "",
    "spaces": " \n",
    "unknown": "\u2603\U0001f9ed",
    "long": "ab " * 50_000,
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_texts_have_an_answer(service: str, text: str) -> None:
    """Probabilities, as for other texts."""
    probabilities = predict(service, text)["probabilities"].values()
    assert sum(probabilities) == pytest.approx(1, abs=1e-3)


def test_accents_and_emoji_are_the_same_however_they_are_written(service: str) -> None:
    """As escapes or not, and as one character or two."""
    text = "Crème brûlée, schön \U0001f600"
    expected = predict(service, text)
    composed = post(service, json.dumps({"text": text}, ensure_ascii=False))
    assert composed.json() == expected
    assert predict(service, unicodedata.normalize("NFD", text)) == expected


def test_the_client_is_a_command(service: str) -> None:
    """It prints the most probable label first, as the page has it."""
    text = (REPORTS / "example.txt").read_text("utf-8")
    module = SERVE.replace(".serve", ".client")
    command = [sys.executable, "-m", module, "--url", service, "--", text]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(predict(service, text)["label"])
