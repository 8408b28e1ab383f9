"""How a generated Flask service stops, and what it makes of broken connections."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from PIL import Image

from projects import numpy_model
from projects.conftest import Project

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals"),
    pytest.mark.skipif(
        sys.version_info < (3, 11), reason="generated projects need Python 3.11"
    ),
]
DRAIN_SECONDS = 0.5
# A worker that misses its signal is not killed here, which would hide that.
SERVE = "from {}.serve import main; import {}.serve as s; s.STOP_SECONDS = 600; main()"
Started = tuple["subprocess.Popen[bytes]", int]


@pytest.fixture(scope="module")
def project(project_of: Callable[[str], Project]) -> Project:
    project = project_of("keras-flask-onnx")
    numpy_model.install(project)
    return project


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def started(
    project: Project, loading: float = 0, **variables: str
) -> Iterator[Started]:
    """Start a service, whose model takes some seconds to load, in its own group."""
    port = free_port()
    code = SERVE.format(project.package, project.package)
    environment = {
        **os.environ,
        "FLASK_PORT": str(port),
        "FLASK_DRAIN_SECONDS": str(DRAIN_SECONDS),
        "FLASK_WORKERS": "2",
        "LOADING_SECONDS": str(loading),
        **variables,
    }
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=project.path,
        env=environment,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as server:
        try:
            wait_until_loading(server)
            yield server, port
        finally:
            server.kill()


def wait_until_loading(server: subprocess.Popen[bytes]) -> None:
    """Return while the workers load, once the server can take signals."""
    assert server.stderr
    while b"Serving on" not in server.stderr.readline():
        assert server.poll() is None
    # The children of its main thread, on Linux; the handlers are set before they start.
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
    while children.exists() and not children.read_text():
        time.sleep(0.01)
    time.sleep(0.3)


def get(port: int, path: str) -> str:
    url = f"http://127.0.0.1:{port}{path}"
    with urllib.request.urlopen(url, timeout=5) as response:
        return str(response.read(), "utf-8")


def wait_until_ready(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert server.poll() is None
        with contextlib.suppress(OSError):
            get(port, "/readyz")
            return
        time.sleep(0.05)
    pytest.fail("the service did not become ready")


@pytest.mark.parametrize("control_c", [False, True], ids=["SIGTERM", "Ctrl-C"])
@pytest.mark.parametrize("ready", [False, True], ids=["loading", "ready"])
def test_it_stops_at_any_time(project: Project, ready: bool, control_c: bool) -> None:
    """Ctrl-C reaches all processes of a terminal; the workers wait for the parent."""
    with started(project, loading=0 if ready else 2) as (server, port):
        if ready:
            wait_until_ready(server, port)
        start = time.monotonic()
        if control_c:
            os.killpg(server.pid, signal.SIGINT)
        else:
            server.terminate()
        errors = server.communicate(timeout=60)[1]
    assert time.monotonic() - start >= DRAIN_SECONDS
    assert b"Unexpected exit" not in errors
    assert server.returncode == 0


def error_at_start(project: Project, *options: str, **variables: str) -> str:
    """Return the one sentence that a server writes that does not start."""
    done = subprocess.run(
        [sys.executable, "-m", f"{project.package}.serve", *options],
        cwd=project.path,
        env={**os.environ, "FLASK_PORT": str(free_port()), **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_it_does_not_share_a_port(project: Project) -> None:
    """With another service, of which it would take half the requests."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        error = error_at_start(project, "--port", port)
    assert error.startswith("error: Cannot listen on 127.0.0.1")


@pytest.mark.parametrize(
    "file", ["model", "signature.json", "golden.json", "changed model"]
)
def test_it_does_not_start_without_the_right_model(
    project: Project, tmp_path: Path, file: str
) -> None:
    """The error names the file."""
    copy = Path(shutil.copytree(project.path / "artifacts", tmp_path / "copy"))
    name = file.removeprefix("changed ")
    (copy / name).unlink()
    if file != name:
        (copy / name).write_bytes(b"other weights")
    assert str(copy) in (error := error_at_start(project, ARTIFACTS=str(copy)))
    assert name in error


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("FLASK_QUEUE_LIMIT", "many", "FLASK_QUEUE_LIMIT must be"),
        ("FLASK_HOST", "no.such.host.invalid", "no.such.host.invalid"),
        ("ARTIFACTS", "/dev/null", "/dev/null"),
    ],
)
def test_it_does_not_start_with_an_invalid_setting(
    project: Project, name: str, value: str, words: str
) -> None:
    """Rather than with another value."""
    assert words in error_at_start(project, **{name: value})


def status(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_it_is_not_ready_while_it_drains(project: Project) -> None:
    """Load balancers see it before connections fail; a second signal ends it."""
    with started(project, FLASK_DRAIN_SECONDS="120") as (server, port):
        wait_until_ready(server, port)
        start = time.monotonic()
        server.terminate()
        while (ready := status(port, "/readyz")) == 200:
            assert time.monotonic() < start + 30
            time.sleep(0.1)
        assert ready == 503
        assert status(port, "/healthz") == 200
        assert "AVAILABLE" in get(port, "/v1/models/digits")
        server.terminate()
        server.communicate(timeout=60)
    assert server.returncode == 0
    assert time.monotonic() < start + 120


def test_metrics_count_every_worker(project: Project) -> None:
    """Whichever process answers, it answers for all."""
    line = 'service_request_seconds_count{route="/v1/models/digits",status="200"} '

    def count() -> float:
        lines = get(port, "/metrics").splitlines()
        return sum(float(text.split()[1]) for text in lines if text.startswith(line))

    with started(project) as (server, port):
        wait_until_ready(server, port)
        for _ in range(20):  # each on a connection of its own, so to any worker
            get(port, "/v1/models/digits")
        deadline = time.monotonic() + 30
        while count() < 20:
            assert time.monotonic() < deadline, "the requests were not counted"
            time.sleep(0.1)
        assert count() == 20
        server.terminate()
        server.communicate(timeout=60)


def test_the_client_is_a_command(project: Project, tmp_path: Path) -> None:
    """It prints the most probable label first, as the page has it."""
    picture = tmp_path / "7.png"
    Image.effect_noise((8, 8), 200).save(picture)
    with started(project) as (server, port):
        wait_until_ready(server, port)
        url = f"http://127.0.0.1:{port}"
        done = subprocess.run(
            [sys.executable, "-m", f"{project.package}.client", picture, "--url", url],
            cwd=project.path,
            capture_output=True,
            text=True,
            check=False,
        )
        with picture.open("rb") as file:
            form = {"image": file}
            answer = requests.post(f"{url}/predict/image", files=form, timeout=10)
        server.terminate()
        server.communicate(timeout=60)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith(f"{answer.json()['label']}  ")


def test_an_upload_that_breaks_off_is_no_failure(project: Project) -> None:
    """It is not the service that has failed, and the next request is answered."""
    head = (
        "POST /v1/models/digits:predict HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n"
    )
    with started(project) as (server, port):
        wait_until_ready(server, port)
        for kind in ("application/json", "text/csv"):
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall(f"{head}Content-Type: {kind}\r\n\r\n[".encode())
        assert "AVAILABLE" in get(port, "/v1/models/digits")
        deadline = time.monotonic() + 30
        while 'status="400"' not in (metrics := get(port, "/metrics")):
            assert time.monotonic() < deadline, "the requests were not counted"
            time.sleep(0.1)
        assert 'status="500"' not in metrics
        server.terminate()
        server.communicate(timeout=60)
