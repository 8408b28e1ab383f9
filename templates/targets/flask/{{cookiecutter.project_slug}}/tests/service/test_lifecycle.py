"""How the service starts and stops, and what it takes from its environment."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from conftest import SERVE, free_port

from {{ cookiecutter.package_name }}.client.rest import Client
from {{ cookiecutter.package_name }}.contract import Signature
from {{ cookiecutter.package_name }}.service import config
from {{ cookiecutter.package_name }}.settings import ARTIFACTS, ROOT

# A worker that misses its signal is not killed here, which would hide that.
PATIENT = f"import {SERVE} as serve; serve.STOP_SECONDS = 600; serve.main()"


@contextlib.contextmanager
def started(url: str, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a service in a group of its own, and kill it if it still runs then."""
    host, port = url.removeprefix("http://").split(":")
    command = [sys.executable, "-c", PATIENT, "--host", host, "--port", port]
    environment = {**os.environ, **variables}
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as server:
        try:
            yield server
        finally:
            server.kill()


def errors_at_start(**variables: str) -> str:
    """Return what a server writes that does not start."""
    environment = {"FLASK_PORT": str(free_port()), **os.environ, **variables}
    command = [sys.executable, "-m", SERVE]
    result = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert result.returncode != 0
    return result.stderr


@pytest.mark.parametrize("damage", ["missing", "changed", "unsigned", "golden"])
def test_it_does_not_start_without_the_right_model(tmp_path: Path, damage: str) -> None:
    """One sentence, and no traceback."""
    copy = Path(shutil.copytree(ARTIFACTS, tmp_path / "artifacts"))
    artifact = copy / Signature.read(copy).artifact
    if damage in ("unsigned", "golden"):
        name = "signature.json" if damage == "unsigned" else "golden.json"
        (copy / name).unlink()
    else:
        artifact.rename(copy / "elsewhere")
    if damage == "changed":
        artifact.write_bytes(b"")
    errors = errors_at_start(ARTIFACTS=str(copy))
    assert errors.startswith("error: ")
    assert errors.count("\n") == 1


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
def test_it_does_not_start_with_an_invalid_setting(name: str, value: str) -> None:
    """One sentence names it."""
    errors = errors_at_start(**{name: value})
    assert errors.startswith("error: ")
    assert errors.count("\n") == 1


def test_it_does_not_share_a_port() -> None:
    """With another service, of which it would take half the requests."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        errors = errors_at_start(FLASK_PORT=str(other.getsockname()[1]))
    assert errors.startswith("error: Cannot listen")


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
@pytest.mark.parametrize("interrupted", [False, True], ids=["SIGTERM", "Ctrl-C"])
@pytest.mark.parametrize("ready", [False, True], ids=["loading", "ready"])
def test_it_stops_at_any_time(
    signature: Signature, ready: bool, interrupted: bool
) -> None:
    """Ctrl-C reaches all processes of a terminal; the workers wait for the parent."""
    url = f"http://localhost:{free_port()}"
    with started(url, FLASK_DRAIN_SECONDS="2") as server:
        wait_until_loading(server)
        if ready:
            Client(url, signature.name).wait_until_available(server, seconds=300)
        start = time.monotonic()
        if interrupted:
            os.killpg(server.pid, signal.SIGINT)
        else:
            server.terminate()
        errors = server.communicate(timeout=120)[1]
    assert time.monotonic() - start >= 2
    assert b"Unexpected exit" not in errors
    assert server.returncode == 0


def test_it_is_not_ready_while_it_drains(signature: Signature) -> None:
    """Load balancers see it before connections fail; a second signal ends it."""
    url = f"http://127.0.0.1:{free_port()}"
    with started(url, FLASK_DRAIN_SECONDS="120", FLASK_WORKERS="1") as server:
        client = Client(url, signature.name)
        client.wait_until_available(server, seconds=300)
        start = time.monotonic()
        server.terminate()
        while (status := requests.get(f"{url}/readyz").status_code) == 200:
            assert time.monotonic() < start + 30
            time.sleep(0.1)
        assert status == 503
        assert requests.get(f"{url}/healthz").status_code == 200
        assert client.is_available()
        server.terminate()
        server.communicate(timeout=60)
    assert server.returncode == 0


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
