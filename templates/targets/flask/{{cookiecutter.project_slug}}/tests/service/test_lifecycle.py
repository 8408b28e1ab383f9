"""How the service starts and stops, and what it takes from its surroundings."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
from conftest import SERVE, free_port

from {{ cookiecutter.package_name }}.contract import Signature
from {{ cookiecutter.package_name }}.service import config
from {{ cookiecutter.package_name }}.settings import ARTIFACTS, ROOT

# A worker that misses its signal is not killed here, which would hide that.
PATIENT = f"import {SERVE} as serve; serve.STOP_SECONDS = 600; serve.main()"


@pytest.fixture
def model(signature: Signature) -> str:
    """The path of the model in the API."""
    return f"/v1/models/{signature.name}"


def refused_start(**variables: str) -> str:
    """Return what a server says that does not start."""
    command = [sys.executable, "-m", SERVE, "--port", str(free_port())]
    environment = {**os.environ, **variables}
    result = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert result.returncode != 0
    return result.stderr


@pytest.mark.parametrize("damage", ["missing", "changed", "unsigned", "golden"])
def test_it_does_not_start_without_the_right_model(tmp_path: Path, damage: str) -> None:
    """One sentence, and no trace."""
    copy = Path(shutil.copytree(ARTIFACTS, tmp_path / "artifacts"))
    artifact = copy / Signature.read(copy).artifact
    if damage in ("unsigned", "golden"):
        name = "signature.json" if damage == "unsigned" else "golden.json"
        (copy / name).unlink()
    else:
        artifact.rename(copy / "elsewhere")
    if damage == "changed":
        artifact.write_bytes(b"")
    said = refused_start(ARTIFACTS=str(copy))
    assert said.startswith("error: ")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FLASK_QUEUE_LIMIT", "many"),
        ("FLASK_TIME_LIMIT", "NaN"),
        ("FLASK_DRAIN_SECONDS", "1e30"),
        ("FLASK_PORT__X", "1"),
        ("FLASK_HOST", "no.such.host.invalid"),
        ("ARTIFACTS", "/dev/null"),
    ],
)
def test_it_does_not_start_with_a_strange_setting(name: str, value: str) -> None:
    """One sentence says so."""
    said = refused_start(**{name: value})
    assert said.startswith("error: ")
    assert said.count("\n") == 1


def test_a_host_can_be_a_name() -> None:
    """It need not be an address."""
    port = free_port()
    command = [sys.executable, "-m", SERVE, "--port", str(port), "--host", "localhost"]
    with subprocess.Popen(command, cwd=ROOT) as server:
        wait_until_ready(f"http://localhost:{port}", server)
        server.terminate()
    assert server.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_it_stops_while_its_workers_are_loading() -> None:
    """Workers must not take the signal for the parent's."""
    command = [sys.executable, "-c", PATIENT, "--port", str(free_port())]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) as server:
        wait_until_loading(server)
        server.terminate()
        last_words(server)


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
@pytest.mark.parametrize("when", ["loading", "ready"])
def test_control_c_is_an_ordinary_stop(when: str) -> None:
    """It reaches all processes of a terminal, but the workers wait for the parent."""
    port = free_port()
    command = [sys.executable, "-c", PATIENT, "--port", str(port)]
    environment = {**os.environ, "FLASK_DRAIN_SECONDS": "2"}
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as server:
        wait_until_loading(server)
        if when == "ready":
            wait_until_ready(f"http://127.0.0.1:{port}", server)
        interrupted = time.monotonic()
        os.killpg(server.pid, signal.SIGINT)
        said = last_words(server)
    assert time.monotonic() - interrupted >= 2
    assert b"Unexpected exit" not in said
    assert server.returncode == 0


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


def test_it_is_not_ready_while_it_drains(model: str) -> None:
    """Load balancers see it before connections are refused; a hurry ends it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", SERVE, "--port", str(port)]
    environment = {**os.environ, "FLASK_DRAIN_SECONDS": "120", "FLASK_WORKERS": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=environment) as server:
        wait_until_ready(url, server)
        asked = time.monotonic()
        server.send_signal(signal.SIGTERM)
        while (status := requests.get(f"{url}/readyz").status_code) == 200:
            assert time.monotonic() < asked + 30
            time.sleep(0.1)
        assert status == 503
        assert requests.get(f"{url}/healthz").status_code == 200
        assert requests.get(f"{url}{model}").status_code == 200
        server.send_signal(signal.SIGTERM)
    assert server.returncode == 0
    assert time.monotonic() < asked + 120


def wait_until_loading(server: subprocess.Popen[bytes]) -> None:
    """Return while the workers load, once the server can take signals."""
    assert server.stderr
    while b"Serving on" not in server.stderr.readline():
        assert server.poll() is None
    # The children of its main thread, where the system tells; first come the handlers.
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
    while children.exists() and not children.read_text():
        time.sleep(0.01)
    time.sleep(0.3)


def wait_until_ready(url: str, server: subprocess.Popen[bytes]) -> None:
    """Return once the service is ready; fail if it has ended, or after five minutes."""
    deadline = time.monotonic() + 300
    while server.poll() is None and time.monotonic() < deadline:
        try:
            if requests.get(f"{url}/readyz", timeout=5).status_code == 200:
                return
        except requests.RequestException:
            time.sleep(0.1)
    server.kill()
    pytest.fail(f"{url} did not become ready.")


def last_words(server: subprocess.Popen[bytes]) -> bytes:
    """Return what was said until all processes had ended; fail after two minutes."""
    try:
        return server.communicate(timeout=120)[1]
    finally:
        server.kill()


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
