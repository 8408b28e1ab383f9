"""Picture files, sent to the service."""

import requests
from outputs import outputs_of

from {{ cookiecutter.package_name }}.contract import Signature, Tensors, raw
from {{ cookiecutter.package_name }}.evaluation import held_out
from {{ cookiecutter.package_name }}.settings import REPORTS


def post(service: str, file: bytes) -> requests.Response:
    """Send a file as the page does."""
    return requests.post(f"{service}/predict/image", files={"image": file})


def test_raw_examples_score_as_in_training(service: str, signature: Signature) -> None:
    """Otherwise training sees other inputs than clients get."""

    def predict(values: raw.Columns) -> Tensors:
        answers = [post(service, raw.to_bytes(file)).json() for file in values["image"]]
        return outputs_of(answers, signature)

    held_out.check(predict)


def test_other_files_are_refused(service: str) -> None:
    """With a reason."""
    answer = post(service, (REPORTS / "example.png").read_bytes()[:60])
    assert answer.status_code == 400
    assert answer.json()["error"]
