"""The generated local server against answers recorded from TensorFlow Serving."""

from __future__ import annotations

import http.client
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conformance import replay

from e2e.conftest import Smoked

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CONFORMANCE = Path(__file__).parents[1] / "conformance"
pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("keras")]

DEVIATIONS: dict[str, str] = tomllib.loads(
    (CONFORMANCE / "deviations.toml").read_text("utf-8")
)
PLAIN = ["half_plus_two", "digits", "mixed", "blob", "multi", "dtypes", "kmulti"]
FILES = [*PLAIN, "server_options", "lifecycle"]
LABELS = """
  model_version_policy { all {} }
  version_labels { key: "stable" value: 1 }
  version_labels { key: "canary" value: 2 }
"""


def entries(*files: str) -> list[Any]:
    """Return the recorded requests as test parameters."""
    return [
        pytest.param(f"{file}/{entry['id']}", entry, id=f"{file}/{entry['id']}")
        for file in files
        for entry in replay.load(file)
        if replay.is_replayed(entry)
    ]


def verdict(name: str, difference: str) -> None:
    """Hold an answer to its recording, or to its place among the deviations."""
    if name in DEVIATIONS:
        assert difference, f"{name} agrees now: take it out of deviations.toml"
    else:
        assert not difference, difference


@pytest.fixture(scope="module")
def project(smoked: Callable[..., Smoked]) -> Smoked:
    return smoked("keras", "tensorflow-serving")


@pytest.fixture(scope="module")
def models(project: Smoked, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the models that were served when the answers were recorded."""
    folder = tmp_path_factory.mktemp("conformance")
    build = CONFORMANCE / "build_models.py"
    subprocess.run([project.python, str(build), str(folder)], check=True)
    return folder


@contextmanager
def serving(project: Smoked, models: Path, *flags: str) -> Iterator[int]:
    """Run the project's local server on these models, and give its port."""
    names = [path.name for path in models.iterdir() if path.name != "spare"]
    config = models.parent / f"{models.name}.config"
    items = (
        f'config {{ name: "{name}" base_path: "{models / name}" '
        f'model_platform: "tensorflow" {LABELS if name == "multi" else ""} }}'
        for name in names
    )
    config.write_text(f"model_config_list {{ {' '.join(items)} }}", "utf-8")
    port = free_port()
    command = [project.python, "-m", f"{project.package}.service.local_server"]
    own = [f"--model_config_file={config}", f"--rest_api_port={port}"]
    with subprocess.Popen([*command, *own, *flags], cwd=project.path) as server:
        try:
            wait_for(port, server)
            yield port
        finally:
            server.terminate()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(
    port: int, server: subprocess.Popen[Any] | None = None, seconds: float = 300
) -> None:
    """Return once the port is open, which is when all models are loaded."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert server is None or server.poll() is None, "the server has ended"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"nothing listens on port {port}")


@pytest.fixture(scope="module")
def port(project: Smoked, models: Path) -> Iterator[int]:
    with serving(project, models) as port:
        yield port


@pytest.fixture(scope="module")
def port_with_options(project: Smoked, models: Path) -> Iterator[int]:
    with serving(project, models, "--rest_api_timeout_in_ms=1500") as port:
        yield port


@pytest.mark.parametrize(("name", "entry"), entries(*PLAIN))
def test_same_answer(port: int, name: str, entry: dict[str, Any]) -> None:
    request = entry["request"]
    answer = replay.send(port, request)
    verdict(name, replay.difference(entry["response"], answer, request["method"]))


@pytest.mark.parametrize("entry", replay.load_probes(), ids=lambda entry: entry["id"])
def test_answer_as_the_source_has_it(port: int, entry: dict[str, Any]) -> None:
    request = entry["request"]
    answer = replay.send(port, request)
    assert not replay.difference(entry["response"], answer, request["method"])


@pytest.mark.parametrize(("name", "entry"), entries("server_options"))
def test_same_answer_with_options(
    port_with_options: int, name: str, entry: dict[str, Any]
) -> None:
    request = entry["request"]
    answer = replay.send(port_with_options, request)
    verdict(name, replay.difference(entry["response"], answer, request["method"]))


def test_version_without_its_variables_says_so(
    project: Smoked, models: Path, tmp_path: Path
) -> None:
    root = tmp_path / "models"
    variables = shutil.ignore_patterns("variables")
    shutil.copytree(models / "digits", root / "digits", ignore=variables)
    headers = [["Host", "x"], ["Content-Length", ""]]
    request = {"method": "GET", "path": "/v1/models/digits", "headers": headers}
    with serving(project, root) as port:
        answer = replay.send(port, request)
    assert b"DATA_LOSS" in answer.body
    assert b"variables" in answer.body


def test_who_timed_out_is_no_burden(port_with_options: int) -> None:
    """More requests than there are threads time out; then the next is answered."""
    body = '{"instances": [100000]}'
    slow = {"method": "POST", "path": "/v1/models/slow:predict", "body": body}
    status = {"method": "GET", "path": "/v1/models/slow"}
    headers = {"headers": [["Host", "x"], ["Content-Length", ""]]}
    with ThreadPoolExecutor(50) as callers:
        sent = [
            callers.submit(replay.send, port_with_options, {**slow, **headers})
            for _ in range(50)
        ]
    assert {answer.result().status for answer in sent} == {504}
    begun = time.monotonic()
    assert replay.send(port_with_options, {**status, **headers}).status == 200
    assert time.monotonic() - begun < 15


@pytest.mark.parametrize("method", ["classify", "regress"])
def test_other_methods_are_refused(port: int, method: str) -> None:
    body = '{"signature_name": "regress_x_to_y", "examples": [{"x": 1.0}]}'
    path = f"/v1/models/half_plus_two:{method}"
    headers = [["Host", "x"], ["Content-Length", ""]]
    request = {"method": "POST", "path": path, "headers": headers, "body": body}
    answer = replay.send(port, request)
    assert answer.status == 400
    assert b"no classify and regress" in answer.body


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("Content-Length: 1000000000000", 413),
        ("Content-Length: -1", 411),
        ("Transfer-Encoding: chunked", 411),
        ("no header", 400),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(
    port: int, head: str, status: int
) -> None:
    """By the head alone, in JSON, and the connection is closed."""
    lines = f"POST /v1/models/x:predict HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(lines.encode())
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    assert received.startswith(f"HTTP/1.1 {status} ".encode())
    assert b'{"error":' in received
    assert b"stand-in" in received  # the header Server


def test_a_connection_serves_several_requests(port: int) -> None:
    """It is closed after some seconds of silence, whatever was sent before."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for _ in range(3):
        connection.request("GET", "/v1/models/multi")
        assert connection.getresponse().read()
    connection.sock.sendall(b"GET /v1/models/multi HTTP/1.1\r\nX: ")
    assert connection.sock.recv(1) == b""
    connection.close()


def change_versions(step: str, latest: Path, spare: Path) -> None:
    """Do to the folder of versions what was done before this step was recorded."""
    match step:
        case "1":
            shutil.copytree(spare, latest / "3")
        case "2":
            broken = Path(shutil.copytree(spare, latest.with_name("broken")))
            (broken / "saved_model.pb").write_bytes(b"\xff broken")
            broken.rename(latest / "4")
        case "3":
            shutil.rmtree(latest / "4")
        case "4":
            shutil.rmtree(latest / "3")
        case "5":
            latest.rename(latest.with_name("away"))
        case "6":
            latest.with_name("away").rename(latest)
        case "7":
            (latest / "7").mkdir()


@pytest.fixture(scope="module")
def lifecycle(
    project: Smoked, models: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Each step's difference, after going through all of them in order."""
    root = tmp_path_factory.mktemp("lifecycle") / "models"
    shutil.copytree(models / "latest", root / "latest")
    differences = {}
    with serving(project, root) as port:
        step = "0"
        for entry in replay.load("lifecycle"):
            if entry["id"].partition("-")[0] != step:
                step = entry["id"].partition("-")[0]
                change_versions(step, root / "latest", models / "spare" / "3")
                time.sleep(1.5)  # the server looks once a second
            differences[entry["id"]] = soon(port, entry)
    return differences


def soon(port: int, entry: dict[str, Any], seconds: float = 60) -> str:
    """Return how the answer differs, once it does not or time is up."""
    deadline = time.monotonic() + seconds
    while True:
        request, recorded = entry["request"], entry["response"]
        answer = replay.send(port, request)
        difference = replay.difference(recorded, answer, request["method"])
        if not difference or time.monotonic() > deadline:
            return difference
        time.sleep(0.2)


@pytest.mark.parametrize(("name", "entry"), entries("lifecycle"))
def test_same_lifecycle(
    lifecycle: dict[str, str], name: str, entry: dict[str, Any]
) -> None:
    verdict(name, lifecycle[entry["id"]])


def test_deviations_are_few_and_known() -> None:
    known = {parameter.id for parameter in entries(*FILES)}
    assert DEVIATIONS.keys() <= known
    assert len(DEVIATIONS) <= 0.05 * len(known)
