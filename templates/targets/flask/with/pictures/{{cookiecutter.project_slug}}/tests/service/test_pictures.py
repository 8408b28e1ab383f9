"""Picture files: sent to the service, and by the client."""

import subprocess
import sys

import pytest
import requests
from conftest import SERVE
from outputs import outputs_of

from {{ cookiecutter.package_name }}.contract import Signature, Tensors, raw
from {{ cookiecutter.package_name }}.evaluation import held_out
from {{ cookiecutter.package_name }}.settings import REPORTS, ROOT

EXAMPLE = REPORTS / "example.png"


def post(service: str, file: bytes) -> requests.Response:
    """Send a file as the page does."""
    return requests.post(f"{service}/predict/image", files={"image": file})


def test_raw_examples_score_as_in_training(service: str, signature: Signature) -> None:
    """Otherwise training sees other inputs than clients get."""

    def predict(values: raw.Columns) -> Tensors:
        answers = [post(service, raw.to_bytes(file)).json() for file in values["image"]]
        return outputs_of(answers, signature)

    held_out.check(predict)


NO_PICTURES = {"empty": b"", "text": b"7", "cut off": EXAMPLE.read_bytes()[:60]}


@pytest.mark.parametrize("file", NO_PICTURES.values(), ids=NO_PICTURES)
def test_other_files_are_refused(service: str, file: bytes) -> None:
    """With a reason."""
    answer = post(service, file)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_file_without_a_form_is_refused(service: str) -> None:
    """With what to send instead."""
    headers = {"Content-Type": "image/png"}
    url = f"{service}/predict/image"
    answer = requests.post(url, EXAMPLE.read_bytes(), headers=headers)
    assert answer.status_code == 415
    assert "multipart/form-data" in answer.json()["error"]


def test_the_client_is_a_command(service: str) -> None:
    """It prints the most probable label first, as the page has it."""
    module = SERVE.replace(".serve", ".client")
    command = [sys.executable, "-m", module, str(EXAMPLE), "--url", service]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    label = post(service, EXAMPLE.read_bytes()).json()["label"]
    assert result.stdout.startswith(label)
