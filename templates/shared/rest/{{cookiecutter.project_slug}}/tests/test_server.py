"""The running server: parity with the trained model, and what a stranger would send."""

import json

import numpy as np
import pytest
import requests

from {{ cookiecutter.package_name }}.client import Client, ServiceError
from {{ cookiecutter.package_name }}.contract import (
    Golden,
    Signature,
    check_parity,
)


def post(client: Client, body: str) -> requests.Response:
    """Send text that need not be a sensible request."""
    headers = {"Content-Type": "application/json"}
    url = f"{client.model_url}:predict"
    return requests.post(url, body.encode(), headers=headers, timeout=30)


def test_server_reproduces_the_trained_model(
    client: Client, golden: Golden, signature: Signature
) -> None:
    """Columnar format: every input is one list."""
    outputs = client.predict(golden.inputs)
    check_parity(golden.outputs, outputs, signature.tolerance)


def test_row_format_gives_the_same_answers(
    client: Client, golden: Golden, signature: Signature
) -> None:
    """Row format: every instance is one entry."""
    answer = post(client, json.dumps({"instances": golden.inputs["image"].tolist()}))
    assert answer.status_code == 200, answer.text
    outputs = {"probabilities": np.asarray(answer.json()["predictions"])}
    check_parity(golden.outputs, outputs, signature.tolerance)


def test_named_inputs_are_accepted_in_rows(client: Client, golden: Golden) -> None:
    """An instance may be an object that names its inputs."""
    image = golden.inputs["image"][0].tolist()
    answer = post(client, json.dumps({"instances": [{"image": image}]}))
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["predictions"]) == 1


def test_status_says_that_the_model_is_available(client: Client) -> None:
    """The answer that load balancers and rollouts wait for."""
    status = requests.get(client.model_url, timeout=10).json()
    available = [
        version["status"]
        for version in status["model_version_status"]
        if version["state"] == "AVAILABLE"
    ]
    assert {"error_code": "OK", "error_message": ""} in available


def test_metadata_names_the_inputs_and_outputs(
    client: Client, signature: Signature
) -> None:
    """Callers learn the names, types and shapes from here."""
    served = client.metadata()["metadata"]["signature_def"]["signature_def"]
    default = served["serving_default"]
    assert set(default["inputs"]) == set(signature.inputs)
    assert set(default["outputs"]) == set(signature.outputs)
    assert default["inputs"]["image"]["dtype"] == "DT_FLOAT"


IMAGE = [[0.0] * 8] * 8
STRANGE = {
    "nothing": "",
    "not JSON": "digits",
    "truncated": '{"instances": [[[0.0',
    "no instances": "{}",
    "no examples": '{"instances": []}',
    "not a list": '{"instances": 7}',
    "words": json.dumps({"instances": [[["ink"] * 8] * 8]}),
    "ragged": json.dumps({"instances": [[[0.0] * 8] * 7 + [[0.0] * 7]]}),
    "wrong shape": json.dumps({"instances": [[[0.0] * 5] * 5]}),
    "wrong rank": json.dumps({"instances": [0.0]}),
    "wrong name": json.dumps({"instances": [{"picture": IMAGE}]}),
    "both formats": json.dumps({"instances": [IMAGE], "inputs": [IMAGE]}),
    "unknown signature": json.dumps({"signature_name": "no", "instances": [IMAGE]}),
}


@pytest.mark.parametrize("body", STRANGE.values(), ids=STRANGE.keys())
def test_what_a_stranger_would_send_is_refused(client: Client, body: str) -> None:
    """A 400 with a reason in JSON, never a crash."""
    answer = post(client, body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]


def test_not_a_number_never_crashes_the_server(client: Client) -> None:
    """TensorFlow Serving computes with it, a stricter server refuses it."""
    answer = post(client, json.dumps({"instances": [[[float("nan")] * 8] * 8]}))
    assert answer.status_code in (200, 400), answer.text


def test_a_large_batch_is_answered_or_refused(client: Client) -> None:
    """Ten thousand examples in one request."""
    answer = post(client, json.dumps({"instances": [IMAGE] * 10_000}))
    assert answer.status_code in (200, 413), answer.text[:200]


def test_an_unknown_model_is_not_found(service: str) -> None:
    """The error carries the status."""
    with pytest.raises(ServiceError, match="404"):
        Client(service, "no-such-model").metadata()


def test_server_still_answers(client: Client, golden: Golden) -> None:
    """After all of the above."""
    expected = golden.outputs["probabilities"].shape
    assert client.predict(golden.inputs)["probabilities"].shape == expected
