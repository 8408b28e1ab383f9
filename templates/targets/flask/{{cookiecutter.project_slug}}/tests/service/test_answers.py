"""The front and the plain Flask application give the same answers."""

import gzip
import json
from collections.abc import Iterator

import pytest
import requests
from bodies import MALFORMED, columns, rows
from conftest import SERVE, free_port, running

from {{ cookiecutter.package_name }}.client.rest import Client
from {{ cookiecutter.package_name }}.contract import (
    NONE,
    Golden,
    Signature,
    to_lists,
)
from {{ cookiecutter.package_name }}.service import config
from {{ cookiecutter.package_name }}.settings import ARTIFACTS, REPORTS

SIGNATURE = Signature.read(ARTIFACTS)
GOLDEN = Golden.read(ARTIFACTS, SIGNATURE)
LISTS = to_lists(GOLDEN.inputs)
JSON = {"Content-Type": "application/json"}
GZIP = {**JSON, "Content-Encoding": "gzip"}
LARGEST = config.DEFAULTS["MAX_CONTENT_LENGTH"]
MODEL = f"/v1/models/{SIGNATURE.name}"


@pytest.fixture(scope="module")
def plain() -> Iterator[str]:
    """The base URL of the application without the front, as `flask run` serves it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    app = SERVE.replace(".serve", ".service.app")
    arguments = ["flask", "--app", app, "run", "--port", str(port)]
    with running(arguments, Client(url, SIGNATURE.name), REPORTS / "flask.log"):
        yield url


BODIES: dict[str, str | bytes] = {
    **MALFORMED,
    "rows": "{}" if SIGNATURE.batch == NONE else rows(GOLDEN),
    "columns": columns(GOLDEN),
    "bare rows": json.dumps({"instances": next(iter(LISTS.values()))}),
    "bare columns": json.dumps({"inputs": next(iter(LISTS.values()))}),
    "another name as well": json.dumps({"inputs": {**LISTS, "other": 1}}),
    "signature": columns(GOLDEN, signature_name="serving_default"),
    "wrong rank": columns(GOLDEN, lambda value: [value]),
    "one boolean": columns(GOLDEN, lambda value: [value, True]),
    "NaN": columns(GOLDEN, lambda value: [value, float("nan")]),
    "very deep": '{"instances": ' + "[" * 100_000,
    "one long word": columns(GOLDEN, lambda value: [value, "a" * 100_000]),
    "not UTF-8": b'{"instances": "\xff"}',
    "too many bytes": " " * (LARGEST + 1),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_predictions_agree(service: str, plain: str, body: str | bytes) -> None:
    """On the fast path, through front and Flask (with a version), and without front."""
    paths = (f"{service}{MODEL}", f"{service}{MODEL}/versions/1", f"{plain}{MODEL}")
    answers = [requests.post(f"{path}:predict", body, headers=JSON) for path in paths]
    assert len({answer.status_code for answer in answers}) == 1
    assert len({answer.headers["Content-Type"] for answer in answers}) == 1
    if answers[0].status_code == 200:
        assert answers[0].json() == answers[1].json() == answers[2].json()
        return
    assert answers[0].status_code == (413 if len(body) > LARGEST else 400)
    assert all(set(answer.json()) == {"error"} for answer in answers)


PREDICT = f"{MODEL}:predict"
REQUESTS: dict[str, tuple[str, str, dict[str, str], bytes, int]] = {
    "status": ("GET", MODEL, {}, b"", 200),
    "metadata": ("GET", f"{MODEL}/versions/1/metadata", {}, b"", 200),
    "description": ("GET", "/openapi.json", {}, b"", 200),
    "page": ("GET", "/docs", {}, b"", 200),
    "static file": ("GET", "/static/style.css", {}, b"", 200),
    "unknown path": ("GET", "/no-such-path", {}, b"", 404),
    "GET": ("GET", PREDICT, {}, b"", 405),
    "PUT": ("PUT", PREDICT, {}, b"", 405),
    "CSV": ("POST", PREDICT, {"Content-Type": "text/csv"}, b"0,0", 415),
    "gzip": ("POST", PREDICT, GZIP, gzip.compress(columns(GOLDEN).encode()), 200),
    "bomb": ("POST", PREDICT, GZIP, gzip.compress(b" " * 10 * LARGEST), 413),
    "cut off": ("POST", PREDICT, GZIP, gzip.compress(b"{}")[:-4], 400),
    "trailing data": ("POST", PREDICT, GZIP, gzip.compress(b"{}") + b"more", 400),
    "not gzip": ("POST", PREDICT, GZIP, b"{}", 400),
}


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status"), REQUESTS.values(), ids=REQUESTS
)
def test_everything_else_agrees(
    service: str,
    plain: str,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    status: int,
) -> None:
    """The status is the expected one, and errors are JSON with a reason."""
    front, flask = (
        requests.request(method, url + path, data=body, headers=headers)
        for url in (service, plain)
    )
    assert (front.status_code, flask.status_code) == (status, status)
    assert front.content == flask.content
    for name in ("Content-Type", "Content-Security-Policy"):
        assert front.headers.get(name) == flask.headers.get(name)
    if status != 200:
        assert front.json()["error"]
    if status == 405:
        assert "POST" in front.headers["Allow"]
