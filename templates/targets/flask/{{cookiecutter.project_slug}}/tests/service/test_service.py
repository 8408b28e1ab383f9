"""What this service promises beyond the protocol: strictness, limits, honesty."""

import asyncio
import gzip
import json
import socket
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import requests

from {{ cookiecutter.package_name }}.contract import (
    NONE,
    Golden,
    Signature,
    Tensors,
    check_parity,
)
from {{ cookiecutter.package_name }}.service import config
from {{ cookiecutter.package_name }}.service.app import create_app
from {{ cookiecutter.package_name }}.service.front.batching import (
    InLoop,
    InThread,
    Queue,
)
from {{ cookiecutter.package_name }}.service.predictor import Predictor
from {{ cookiecutter.package_name }}.service.protocol import RequestError
from {{ cookiecutter.package_name }}.settings import ARTIFACTS, ROOT

JSON = {"Content-Type": "application/json"}
LARGEST = config.DEFAULTS["MAX_CONTENT_LENGTH"]

SIGNATURE = Signature.read(ARTIFACTS)
GOLDEN = Golden.read(ARTIFACTS, SIGNATURE)
COLUMNS = {name: tensor.tolist() for name, tensor in GOLDEN.inputs.items()}


def columns(change: Callable[[Any], Any] = lambda value: value, **more: Any) -> str:
    """Return a request in columns, with each input changed."""
    inputs = {name: change(column) for name, column in COLUMNS.items()}
    return json.dumps({"inputs": inputs, **more})


def rows(count: int | None = None, **more: Any) -> str:
    """Return a request in rows, for so many of the examples; none without a batch."""
    columns = [] if SIGNATURE.batch == NONE else list(COLUMNS.values())
    parts = zip(*(column[:count] for column in columns), strict=True)
    named = [dict(zip(COLUMNS, row, strict=True)) for row in parts]
    return json.dumps({"instances": named, **more})


def each(leaf: Any) -> Callable[[Any], Any]:
    """Return a change that puts something else in place of every number."""

    def change(value: Any) -> Any:
        return [change(item) for item in value] if isinstance(value, list) else leaf

    return change


SAME_ANSWERS: dict[str, str | bytes] = {
    "rows": rows(),
    "columns": columns(),
    "bare rows": json.dumps({"instances": next(iter(COLUMNS.values()))}),
    "bare columns": json.dumps({"inputs": next(iter(COLUMNS.values()))}),
    "another name as well": json.dumps({"inputs": {**COLUMNS, "other": 1}}),
    "signature": columns(signature_name="serving_default"),
    "ones": columns(each(1)),
    "fractions": columns(each(0.5)),
    "unknown signature": columns(signature_name="x"),
    "both": columns(instances=[]),
    "neither": "{}",
    "a list": "[]",
    "nothing": "",
    "truncated": rows()[:-9],
    "no rows": '{"instances": []}',
    "no columns": '{"inputs": []}',
    "a number": '{"instances": 7}',
    "null": '{"instances": null}',
    "wrong rank": columns(lambda value: [value]),
    "ragged": columns(lambda value: [value, [value]]),
    "words": columns(each("0.5")),
    "nulls": columns(each(None)),
    "booleans": columns(each(True)),
    "one boolean": columns(lambda value: [value, True]),
    "NaN": columns(each(float("nan"))),
    "infinity": columns(each(float("inf"))),
    "too large": columns(each(1e39)),
    "much too large": columns(each(10**30)),
    "missing name": json.dumps({"inputs": {"no-such-input": 1}}),
    "mixed rows": json.dumps({"instances": [COLUMNS, 1]}),
    "deep": '{"instances": ' + "[" * 500 + "]" * 500 + "}",
    "very deep": '{"instances": ' + "[" * 100_000,
    "deep booleans": '{"instances": ' + "[" * 500 + "true" + "]" * 500 + "}",
    "one long word": columns(lambda value: [value, "a" * 100_000]),
    "not UTF-8": b'{"instances": "\xff"}',
    "too many bytes": " " * (LARGEST + 1),
}


@pytest.fixture(scope="session")
def model(signature: Signature) -> str:
    """The path of the model in the API."""
    return f"/v1/models/{signature.name}"


@pytest.mark.parametrize("body", SAME_ANSWERS.values(), ids=SAME_ANSWERS.keys())
def test_the_hot_route_agrees_with_the_view(
    service: str, model: str, body: str | bytes
) -> None:
    """The path with the version goes to Flask's view, the other does not."""
    hot = requests.post(f"{service}{model}:predict", body, headers=JSON)
    url = f"{service}{model}/versions/1:predict"
    view = requests.post(url, body, headers=JSON)
    assert hot.status_code == view.status_code
    assert hot.json() == view.json()
    assert hot.headers["Content-Type"] == view.headers["Content-Type"]
    if hot.status_code != 200:
        assert hot.status_code == (413 if len(body) > LARGEST else 400)
        assert set(hot.json()) == {"error"}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_other_methods_are_refused(service: str, model: str, method: str) -> None:
    """With the methods that would do."""
    answer = requests.request(method, f"{service}{model}:predict")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert answer.json()["error"]


def test_another_media_type_is_refused(service: str, model: str) -> None:
    """With the header that would do."""
    headers = {"Content-Type": "text/csv"}
    answer = requests.post(f"{service}{model}:predict", b"0,0", headers=headers)
    assert answer.status_code == 415
    assert "application/json" in answer.json()["error"]


def post_zipped(url: str, body: bytes) -> requests.Response:
    """Send a body that is declared to be in gzip format."""
    headers = {**JSON, "Content-Encoding": "gzip"}
    return requests.post(url, body, headers=headers)


def test_gzip_is_unpacked(service: str, model: str) -> None:
    """As TensorFlow Serving does."""
    body = gzip.compress(columns().encode())
    assert post_zipped(f"{service}{model}:predict", body).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (gzip.compress(b" " * 10 * LARGEST), 413),
        (gzip.compress(b"{}")[:-4], 400),
        (gzip.compress(b"{}") + b"more", 400),
        (b"{}", 400),
    ],
    ids=["bomb", "truncated", "with more", "not gzip"],
)
def test_bad_gzip_is_refused(
    service: str, model: str, body: bytes, status: int
) -> None:
    """Without unpacking more than the limit."""
    answer = post_zipped(f"{service}{model}:predict", body)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_a_body_without_length_is_limited(service: str, model: str) -> None:
    """A chunked body does not say beforehand how large it is."""
    chunks = (b" " * 100_000 for _ in range(LARGEST // 100_000 + 1))
    answer = requests.post(f"{service}{model}:predict", chunks, headers=JSON)
    assert answer.status_code == 413


def test_request_ids_come_back(service: str) -> None:
    """The caller's own if it is harmless, a new one otherwise."""
    url = f"{service}/healthz"
    own = requests.get(url, headers={"X-Request-Id": "order-66"})
    assert own.headers["X-Request-Id"] == "order-66"
    strange = requests.get(url, headers={"X-Request-Id": '{"a": 1}'})
    assert strange.headers["X-Request-Id"] not in ("", '{"a": 1}')


def test_errors_tell_nothing_of_the_inside(service: str) -> None:
    """No trace, version or path of a file."""
    answer = requests.get(f"{service}/nothing-here")
    assert answer.status_code == 404
    said = (answer.text + str(answer.headers)).lower()
    for word in ("traceback", ".py", str(ROOT).lower(), "werkzeug", "python"):
        assert word not in said


def test_metrics_count_every_worker(service: str, model: str) -> None:
    """Whichever process answers, it answers for all."""
    labels = f'route="{model}",status="200"'
    line = "service_request_seconds_count{" + labels + "} "

    def count() -> float:
        lines = requests.get(f"{service}/metrics").text.splitlines()
        return sum(float(text.split()[1]) for text in lines if text.startswith(line))

    before = count()
    for _ in range(20):  # each on a connection of its own, so to any worker
        requests.get(f"{service}{model}")
    deadline = time.monotonic() + 30
    while count() < before + 20 and time.monotonic() < deadline:
        time.sleep(0.1)  # a request is counted once it is answered
    assert count() == before + 20
    assert "service_model{" in requests.get(f"{service}/metrics").text


@pytest.mark.parametrize("path", ["/", "/docs", "/static/style.css"])
def test_the_pages_need_nothing_from_outside(service: str, path: str) -> None:
    """The browser is told so, and there is nothing to ask for."""
    page = requests.get(f"{service}{path}")
    assert page.status_code == 200
    assert page.headers["Content-Security-Policy"] == "default-src 'self'"
    assert "http:" not in page.text
    assert "https:" not in page.text


def test_the_view_answers_without_a_server(model: str) -> None:
    """`flask run` and Flask's test client serve the same model."""
    client = create_app().test_client()
    answer = client.post(f"{model}:predict", data=columns(), headers=JSON)
    outputs = answer.get_json()["outputs"]
    if len(SIGNATURE.outputs) == 1:
        outputs = dict.fromkeys(SIGNATURE.outputs, outputs)
    actual = {name: np.asarray(value) for name, value in outputs.items()}
    check_parity(GOLDEN.outputs, actual, SIGNATURE.tolerance)


class Picky(Predictor):
    """A model that takes no negative numbers, whatever comes with them."""

    def __init__(self) -> None:
        """Load nothing."""

    def predict(self, inputs: Tensors) -> Tensors:
        """Return the inputs."""
        if (inputs["x"] < 0).any():
            raise RequestError("negative")
        return inputs


@pytest.mark.parametrize("in_thread", [False, True])
def test_one_request_does_not_spoil_a_run_for_the_others(in_thread: bool) -> None:
    """Those that have shared it get their answers."""

    async def ask() -> list[Any]:
        queue = Queue(limit=16)
        runner = InThread(Picky(), queue, 10) if in_thread else InLoop(Picky(), queue)
        asked = [runner.predict({"x": np.array([value])}) for value in (1, -2, 3)]
        return await asyncio.gather(*asked, return_exceptions=True)

    first, refused, last = asyncio.run(ask())
    assert (first, last) == ({"x": 1}, {"x": 3})
    assert isinstance(refused, RequestError)


def test_an_upload_that_breaks_off_harms_nobody(service: str, model: str) -> None:
    """It is not the service that has failed, and the next request is answered."""
    host, port = service.removeprefix("http://").split(":")
    head = f"POST {model}:predict HTTP/1.1\r\nHost: {host}\r\nContent-Length: 99\r\n"
    for kind in ("application/json", "text/csv"):
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(f"{head}Content-Type: {kind}\r\n\r\n[".encode())
    assert requests.get(f"{service}{model}").status_code == 200
    time.sleep(1)  # requests are counted a little later than they are answered
    assert 'status="500"' not in requests.get(f"{service}/metrics").text
