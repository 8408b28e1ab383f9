"""What this service promises beyond the protocol: strictness, limits, honesty."""

import gzip
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
import requests
from conftest import SERVE, free_port

from {{ cookiecutter.package_name }} import config
from {{ cookiecutter.package_name }}.app import create_app
from {{ cookiecutter.package_name }}.client import Client
from {{ cookiecutter.package_name }}.contract import (
    Golden,
    Signature,
    check_parity,
)
from {{ cookiecutter.package_name }}.settings import ARTIFACTS, ROOT

JSON = {"Content-Type": "application/json"}
LARGEST = 1_000_000

SIGNATURE = Signature.read(ARTIFACTS)
GOLDEN = Golden.read(ARTIFACTS, SIGNATURE)
COLUMNS = {name: tensor.tolist() for name, tensor in GOLDEN.inputs.items()}


def columns(change: Callable[[Any], Any] = lambda value: value, **more: Any) -> str:
    """Return a request in columns, with each input changed."""
    inputs = {name: change(column) for name, column in COLUMNS.items()}
    return json.dumps({"inputs": inputs, **more})


def rows(count: int | None = None, **more: Any) -> str:
    """Return a request in rows, for so many of the examples."""
    parts = [column[:count] for column in COLUMNS.values() if isinstance(column, list)]
    named = [dict(zip(COLUMNS, row, strict=True)) for row in zip(*parts, strict=True)]
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
        (gzip.compress(b" " * 100_000_000), 413),
        (gzip.compress(b"{}")[:-4], 400),
        (b"{}", 400),
    ],
    ids=["bomb", "truncated", "not gzip"],
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


def refused_start(**variables: str) -> str:
    """Return what a server says that does not start."""
    command = [sys.executable, "-m", SERVE, "--port", str(free_port())]
    environment = {**os.environ, **variables}
    result = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert result.returncode != 0
    return result.stderr


@pytest.mark.parametrize("damage", ["missing", "changed", "unsigned"])
def test_it_does_not_start_without_the_right_model(tmp_path: Path, damage: str) -> None:
    """One sentence, and no trace."""
    copy = Path(shutil.copytree(ARTIFACTS, tmp_path / "artifacts"))
    artifact = copy / Signature.read(copy).artifact
    if damage == "unsigned":
        (copy / "signature.json").unlink()
    else:
        artifact.rename(copy / "elsewhere")
    if damage == "changed":
        artifact.write_bytes(b"")
    said = refused_start(ARTIFACTS=str(copy))
    assert said.startswith("error: ")
    assert said.count("\n") == 1


def test_it_does_not_start_with_a_strange_setting() -> None:
    """One sentence that names the variable."""
    said = refused_start(FLASK_QUEUE_LIMIT="many")
    assert said.startswith("error: FLASK_QUEUE_LIMIT")
    assert said.count("\n") == 1


def test_it_does_not_share_a_port() -> None:
    """With another service, of which it would take half the requests."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        command = [sys.executable, "-m", SERVE, "--port", port]
        result = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=60
        )
    assert result.returncode != 0
    assert result.stderr.startswith("error: Cannot listen")


def test_an_upload_that_breaks_off_harms_nobody(service: str, model: str) -> None:
    """It is not the service that has failed, and the next request is answered."""
    host, port = service.removeprefix("http://").split(":")
    head = f"POST {model}:predict HTTP/1.1\r\nHost: {host}\r\nContent-Length: 99\r\n"
    for kind in ("application/json", "text/csv"):
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(f"{head}Content-Type: {kind}\r\n\r\n[".encode())
    assert requests.get(f"{service}{model}").status_code == 200
    assert 'status="500"' not in requests.get(f"{service}/metrics").text


def test_it_is_not_ready_while_it_drains(model: str) -> None:
    """Load balancers see it before connections are refused."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", SERVE, "--port", str(port)]
    environment = {**os.environ, "FLASK_DRAIN_SECONDS": "2", "FLASK_WORKERS": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=environment) as server:
        wait_until_ready(url)
        server.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert requests.get(f"{url}/readyz").status_code == 503
        assert requests.get(f"{url}/healthz").status_code == 200
        assert requests.get(f"{url}{model}").status_code == 200
    assert server.returncode == 0


class BusyOnce(BaseHTTPRequestHandler):
    """A server that has no time at first."""

    refused = 0

    def do_GET(self) -> None:
        """Refuse the first request and answer the others."""
        BusyOnce.refused += 1
        self.send_response(503 if BusyOnce.refused == 1 else 200)
        self.send_header("Retry-After", "0")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")


def test_the_client_asks_a_busy_service_again() -> None:
    """As the header Retry-After says."""
    with HTTPServer(("127.0.0.1", 0), BusyOnce) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        assert Client(url, "digits").metadata() == {}
        server.shutdown()
    assert BusyOnce.refused == 2


def wait_until_ready(url: str) -> None:
    """Return once the service is ready; fail after a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if requests.get(f"{url}/readyz", timeout=5).status_code == 200:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    pytest.fail(f"{url} did not become ready.")


@pytest.mark.parametrize(
    ("files", "limited"),
    [
        ({"cpu.max": "100000 100000"}, True),
        ({"cpu.max": "50000 100000"}, True),
        ({"cpu.max": "max 100000"}, False),
        ({"cpu/cpu.cfs_quota_us": "100000", "cpu/cpu.cfs_period_us": "100000"}, True),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, False),
    ],
)
def test_the_limit_of_the_container_counts(
    tmp_path: Path, files: dict[str, str], limited: bool
) -> None:
    """Not the processors of the machine, where there is a limit."""
    everything = config.usable_processors(tmp_path)
    for name, text in files.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    assert config.usable_processors(tmp_path) == (1 if limited else everything)
