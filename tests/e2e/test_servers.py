"""Smoke tests and client of a server project, against a server run by somebody else."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conftest import CATALOG
from dlscaffold.layers.layer import Target
from e2e.conftest import Smoked

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("keras")]
Smoke = Callable[..., Smoked]

SERVERS = [t for t in CATALOG.targets() if "shared/rest" in t.includes]
servers = pytest.mark.parametrize("target", SERVERS, ids=lambda target: target.name)

# In the project's environment: how long a server takes to come up is its business.
WAIT = """
from {package}.client.rest import Client
Client({url!r}, {model!r}).wait_until_available(seconds=300)
"""


def run(project: Smoked, *words: str, **variables: str) -> str:
    """Run Python in the project and return what it printed; fail where it fails."""
    done = subprocess.run(
        [project.python, *words],
        cwd=project.path,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def running(project: Smoked) -> Iterator[str]:
    """Yield the base URL of the project's server while it runs."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    serve = [project.python, "-m", f"{project.package}.serve", "--port", str(port)]
    wait = WAIT.format(package=project.package, url=url, model=project.path.name)
    with subprocess.Popen(serve, cwd=project.path) as server:
        try:
            run(project, "-c", wait)
            yield url
        finally:
            server.terminate()


@servers
def test_the_smoke_tests_take_a_running_server(smoked: Smoke, target: Target) -> None:
    project = smoked("keras", target.name)
    variable = target.context["url_variable"]
    tests = ["-m", "pytest", "-q", "tests/service/test_server.py"]
    with running(project) as url:
        assert " passed" in run(project, *tests, **{variable: url})


@servers
def test_the_smoke_tests_notice_that_it_is_another_server(
    smoked: Smoke, target: Target
) -> None:
    """They use the server that is named, and start none of their own."""
    project = smoked("keras", target.name)
    other = smoked("keras", "flask", "saved-model")
    variable = target.context["url_variable"]
    one_test = "tests/service/test_server.py::test_an_unknown_model_is_not_found"
    with running(other) as url, pytest.raises(AssertionError, match="is not served"):
        run(project, "-m", "pytest", "-q", one_test, **{variable: url})


@servers
def test_the_client_is_a_command(smoked: Smoke, target: Target, tmp_path: Path) -> None:
    """From a picture file to labels, through a running server."""
    project = smoked("keras", target.name)
    golden = json.loads((project.path / "artifacts/golden.json").read_text("utf-8"))
    picture = tmp_path / "example.png"
    picture.write_bytes(base64.b64decode(golden["raw"]["image"][0]["b64"]))
    client = ["-m", f"{project.package}.client", str(picture)]
    with running(project) as url:
        printed = run(project, *client, "--url", url)
    probabilities = golden["outputs"]["probabilities"][0]
    assert printed.startswith(f"{probabilities.index(max(probabilities))}  ")
