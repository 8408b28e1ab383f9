"""The smoke tests of a server project, against a server that somebody else runs."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from dlscaffold import catalog
from e2e.conftest import Smoked

pytestmark = pytest.mark.e2e

SERVERS = [
    pytest.param(cell.target.name, cell.target.manifest["context"]["url_variable"])
    for cell in catalog.cells()
    if cell.framework.name == "keras"
    and "shared/rest" in cell.target.manifest["includes"]
]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.mark.parametrize(("target", "variable"), sorted(set(SERVERS), key=str))
def test_smoke_tests_of_a_running_server(
    smoked: Callable[..., Smoked], tmp_path: Path, target: str, variable: str
) -> None:
    project = smoked("keras", target)
    port = free_port()
    serve = [project.python, "-m", f"{project.package}.serve", "--port", str(port)]
    with subprocess.Popen(serve, cwd=project.path) as server:
        try:
            done = subprocess.run(
                [project.python, "-m", "pytest", "tests/test_server.py", "-q"],
                cwd=project.path,
                env={**os.environ, variable: f"http://127.0.0.1:{port}"},
                capture_output=True,
                text=True,
                check=False,
            )
            assert server.poll() is None
        finally:
            server.terminate()
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


@pytest.mark.parametrize(("target", "variable"), sorted(set(SERVERS), key=str))
def test_smoke_tests_notice_a_server_that_is_not_there(
    smoked: Callable[..., Smoked], target: str, variable: str
) -> None:
    """They use the server that is named, not one of their own."""
    project = smoked("keras", target)
    script = (
        f"from {project.package}.client import Client, ServiceError\n"
        "try: Client('http://127.0.0.1:9', 'x').wait_until_available(seconds=0.2)\n"
        "except ServiceError as error: print(error)\n"
    )
    done = subprocess.run(
        [project.python, "-c", script],
        cwd=project.path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "start the server" in done.stdout


@pytest.mark.parametrize(("target", "variable"), sorted(set(SERVERS), key=str))
def test_the_client_is_a_command(
    smoked: Callable[..., Smoked], tmp_path: Path, target: str, variable: str
) -> None:
    """From a picture file to the labels, through a running server."""
    project = smoked("keras", target)
    golden = json.loads((project.path / "artifacts/golden.json").read_text("utf-8"))
    picture = tmp_path / "digit.png"
    draw = (
        "import json, sys, numpy as np\nfrom PIL import Image\n"
        f"golden = json.load(open('artifacts/golden.json'))['inputs']['image'][0]\n"
        f"Image.fromarray((np.array(golden) * 255).astype('uint8')).save({str(picture)!r})"
    )
    subprocess.run([project.python, "-c", draw], cwd=project.path, check=True)
    port = free_port()
    serve = [project.python, "-m", f"{project.package}.serve", "--port", str(port)]
    ready = (
        f"from {project.package}.client import Client\n"
        f"Client('http://127.0.0.1:{port}', '{project.path.name}').wait_until_available()"
    )
    with subprocess.Popen(serve, cwd=project.path) as server:
        try:
            subprocess.run([project.python, "-c", ready], cwd=project.path, check=True)
            done = subprocess.run(
                [project.python, "-m", f"{project.package}.client", str(picture)]
                + ["--url", f"http://127.0.0.1:{port}"],
                cwd=project.path,
                capture_output=True,
                text=True,
                check=True,
            )
        finally:
            server.terminate()
    probabilities = golden["outputs"]["probabilities"][0]
    assert done.stdout.startswith(f"{probabilities.index(max(probabilities))}  ")
