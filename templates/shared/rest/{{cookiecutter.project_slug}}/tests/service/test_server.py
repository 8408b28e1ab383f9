"""The running server: parity with the trained model, and malformed requests."""

import json

import numpy as np
import pytest
import requests

from {{ cookiecutter.package_name }} import contract
from {{ cookiecutter.package_name }}.client.rest import Client, ServiceError


def post(client: Client, body: str) -> requests.Response:
    """Send text that need not be a sensible request."""
    headers = {"Content-Type": "application/json"}
    return requests.post(f"{client.model_url}:predict", body, headers=headers)


def test_server_reproduces_the_trained_model(
    client: Client, golden: contract.Golden, signature: contract.Signature
) -> None:
    """Columnar format: every input is one list."""
    outputs = client.predict(golden.inputs)
    contract.check_parity(golden.outputs, outputs, signature.tolerance)


def test_row_format_gives_the_same_answers(
    client: Client, golden: contract.Golden, signature: contract.Signature
) -> None:
    """Row format: every instance is one entry; there are none without a batch."""
    if signature.batch == contract.NONE:
        assert post(client, '{"instances": [{}]}').status_code == 400
        return
    columns = contract.to_lists(golden.inputs)
    rows = zip(*columns.values(), strict=True)
    instances = [dict(zip(columns, row, strict=True)) for row in rows]
    answer = post(client, json.dumps({"instances": instances}))
    assert answer.status_code == 200, answer.text
    answers = answer.json()["predictions"]
    if len(golden.outputs) == 1:  # a single output comes without its name
        answers = [dict.fromkeys(golden.outputs, one) for one in answers]
    outputs = {
        name: np.asarray([one[name] for one in answers]) for name in golden.outputs
    }
    contract.check_parity(golden.outputs, outputs, signature.tolerance)


def test_metadata_names_the_inputs_and_outputs(
    client: Client, signature: contract.Signature
) -> None:
    """Callers learn the names, types and shapes from here."""
    served = client.metadata()["metadata"]["signature_def"]["signature_def"]
    default = served["serving_default"]
    assert set(default["inputs"]) == set(signature.inputs)
    assert set(default["outputs"]) == set(signature.outputs)


MALFORMED = {
    "not JSON": "words",
    "no examples": '{"instances": []}',
    "wrong name": '{"inputs": {"no-such-input": 1}}',
    "ragged": '{"instances": [[1], [2, [3]]]}',
    "unknown signature": '{"signature_name": "no", "instances": [1]}',
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_malformed_requests_are_refused(client: Client, body: str) -> None:
    """A 400 with a reason in JSON, and the server goes on."""
    answer = post(client, body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]
    assert client.is_available()


def test_an_unknown_model_is_not_found(service: str) -> None:
    """The error carries the status."""
    with pytest.raises(ServiceError, match="404"):
        Client(service, "no-such-model").metadata()
