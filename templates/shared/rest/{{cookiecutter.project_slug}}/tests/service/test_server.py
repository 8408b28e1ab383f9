"""The running server: parity with the trained model, and malformed requests."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
import requests
from bodies import MALFORMED, columns, rows
from numpy.typing import NDArray

from {{ cookiecutter.package_name }} import contract
from {{ cookiecutter.package_name }}.client.rest import Client, ServiceError

# TensorFlow's names for the data types that are not DT_ and the name in capitals.
DATA_TYPES = {
    "float16": "DT_HALF",
    "float32": "DT_FLOAT",
    "float64": "DT_DOUBLE",
    "str": "DT_STRING",
}


def post(client: Client, body: str) -> requests.Response:
    """Send text that need not be a sensible request."""
    headers = {"Content-Type": "application/json"}
    url = f"{client.model_url}:predict"
    return requests.post(url, body.encode(), headers=headers, timeout=120)


def test_server_reproduces_the_trained_model(
    client: Client, golden: contract.Golden, signature: contract.Signature
) -> None:
    """Columnar format: every input is one list."""
    outputs = client.predict(golden.inputs)
    contract.check_parity(golden.outputs, outputs, signature.tolerance)


def by_name(answers: list[Any], names: Iterable[str]) -> dict[str, NDArray[Any]]:
    """Return the outputs of an answer in rows; a single one comes without its name."""
    rows = [
        row if isinstance(row, dict) else dict.fromkeys(names, row) for row in answers
    ]
    return {name: np.asarray([row[name] for row in rows]) for name in names}


def test_row_format_gives_the_same_answers(
    client: Client, golden: contract.Golden, signature: contract.Signature
) -> None:
    """Row format: every instance is one entry; there are none without a batch."""
    if signature.batch == contract.NONE:
        assert post(client, json.dumps({"instances": [{}]})).status_code == 400
        return
    answer = post(client, rows(golden))
    assert answer.status_code == 200, answer.text
    outputs = by_name(answer.json()["predictions"], signature.outputs)
    contract.check_parity(golden.outputs, outputs, signature.tolerance)


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
    client: Client, signature: contract.Signature
) -> None:
    """Callers learn the names, types and shapes from here."""
    served = client.metadata()["metadata"]["signature_def"]["signature_def"]
    default = served["serving_default"]
    assert set(default["inputs"]) == set(signature.inputs)
    assert set(default["outputs"]) == set(signature.outputs)
    for name, spec in signature.inputs.items():
        dtype = DATA_TYPES.get(spec.dtype, f"DT_{spec.dtype.upper()}")
        assert default["inputs"][name]["dtype"] == dtype


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_malformed_requests_are_refused(client: Client, body: str) -> None:
    """A 400 with a reason in JSON, never a crash."""
    answer = post(client, body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]


CHANGES: dict[str, Callable[[list[Any]], Any]] = {
    "ragged": lambda value: [value, [value]],
    "objects": lambda value: {"value": value},
    "null": lambda _: None,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_does_not_fit_is_refused(
    client: Client, golden: contract.Golden, change: Callable[[Any], Any]
) -> None:
    """The right names with something else behind them."""
    answer = post(client, columns(golden, change))
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]


OPEN: dict[str, Callable[[list[Any]], Any]] = {
    "not a number": lambda value: [value, float("nan")],
    "wrong rank": lambda value: [value],
    "megabytes of rows": lambda value: value * (1 + 4_000_000 // len(str(value))),
}


@pytest.mark.parametrize("change", OPEN.values(), ids=OPEN)
def test_servers_differ_but_do_not_crash(
    client: Client, golden: contract.Golden, change: Callable[[Any], Any]
) -> None:
    """TensorFlow Serving computes where it can, a stricter server refuses."""
    answer = post(client, columns(golden, change))
    assert answer.status_code in (200, 400, 413), answer.text[:200]


def test_an_unknown_model_is_not_found(service: str) -> None:
    """The error carries the status."""
    with pytest.raises(ServiceError, match="404"):
        Client(service, "no-such-model").metadata()


def test_server_still_answers(client: Client, golden: contract.Golden) -> None:
    """After all of the above."""
    outputs = client.predict(golden.inputs)
    for name, expected in golden.outputs.items():
        assert outputs[name].shape == expected.shape
