"""How the service starts and stops, and what it refuses to start with."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
from conftest import SERVE, free_port, running

from {{ cookiecutter.package_name }}.client.rest import Client
from {{ cookiecutter.package_name }}.contract import Signature
from {{ cookiecutter.package_name }}.settings import ARTIFACTS, REPORTS, ROOT


def error_at_start(**variables: str) -> str:
    """Return the one sentence that a server writes that does not start."""
    environment = {"FLASK_PORT": str(free_port()), **os.environ, **variables}
    command = [sys.executable, "-m", SERVE]
    result = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 1
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


@pytest.mark.parametrize("damage", ["missing", "changed", "unsigned", "golden"])
def test_it_does_not_start_without_the_right_model(tmp_path: Path, damage: str) -> None:
    """The error names the file."""
    copy = Path(shutil.copytree(ARTIFACTS, tmp_path / "artifacts"))
    artifact = copy / Signature.read(copy).artifact
    names = {"unsigned": "signature.json", "golden": "golden.json"}
    file = copy / names[damage] if damage in names else artifact
    file.rename(copy / "elsewhere")
    if damage == "changed":
        file.write_bytes(b"")
    assert file.name in error_at_start(ARTIFACTS=str(copy))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FLASK_QUEUE_LIMIT", "many"),
        ("FLASK_HOST", "no.such.host.invalid"),
        ("ARTIFACTS", "/dev/null"),
    ],
)
def test_it_does_not_start_with_an_invalid_setting(name: str, value: str) -> None:
    """Rather than with another value."""
    assert error_at_start(**{name: value})


def test_it_is_not_ready_while_it_drains(signature: Signature) -> None:
    """Load balancers see it before connections fail; a second signal ends it."""
    port = free_port()
    url = f"http://localhost:{port}"
    arguments = [SERVE, "--host", "localhost", "--port", str(port)]
    client = Client(url, signature.name)
    log = REPORTS / "drain.log"
    with running(arguments, client, log, FLASK_DRAIN_SECONDS="120") as server:
        start = time.monotonic()
        server.terminate()
        while (status := requests.get(f"{url}/readyz").status_code) == 200:
            assert time.monotonic() < start + 30
            time.sleep(0.1)
        assert status == 503
        assert requests.get(f"{url}/healthz").status_code == 200
        assert client.is_available()
    assert server.returncode == 0
    assert time.monotonic() < start + 120
