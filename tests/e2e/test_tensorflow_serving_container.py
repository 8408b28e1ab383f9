"""The TensorFlow Serving container, on a stand-in for the official image.

The official image cannot be had everywhere. What the project adds to it can be tried
without: the model in its place, the user, the flags' files and the health check. In
place of the server stands a program that answers the status request alone.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from e2e.conftest import Smoked
from e2e.containers import ENVIRONMENT, buildah, configured, hadolint
from e2e.service import free_port

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("keras")]

# Like the server, it does not start without its files and a model.
STAND_IN = """#!/usr/bin/python3
import http.server, pathlib, sys
flags = dict(flag[2:].split("=", 1) for flag in sys.argv[1:])
for name, value in flags.items():
    if name.endswith("_file"):
        pathlib.Path(value).read_text()
model = next(pathlib.Path("/models").iterdir())
assert list(model.glob("*/saved_model.pb"))

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        found = self.path == f"/v1/models/{model.name}"
        self.send_response(200 if found else 404)
        self.end_headers()
        self.wfile.write(b'{"state": "AVAILABLE"}' if found else b'{"error": ""}')

address = ("127.0.0.1", int(flags["rest_api_port"]))
http.server.HTTPServer(address, Handler).serve_forever()
"""


@pytest.fixture(scope="module")
def project(smoked: Callable[..., Smoked]) -> Smoked:
    return smoked("keras", "tensorflow-serving")


@pytest.fixture(scope="module")
def container(
    project: Smoked, base: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A container of the image that the project's Dockerfile builds."""
    program = tmp_path_factory.mktemp("serving") / "tensorflow_model_server"
    program.write_text(STAND_IN)
    program.chmod(0o755)
    official = "localhost/tensorflow-serving"
    stand_in = buildah("from", base)
    buildah("add", "--quiet", stand_in, program, "/usr/bin/tensorflow_model_server")
    buildah("commit", "--quiet", "--rm", stand_in, official)
    image = "localhost/serving"
    # The OCI's own format knows no HEALTHCHECK.
    options = ["--quiet", "--format=docker", f"--build-arg=SERVING_IMAGE={official}"]
    buildah("build", *options, f"--tag={image}", project.path)
    name = buildah("from", image)
    yield name
    buildah("rm", name)


def test_it_is_no_root(container: str) -> None:
    assert buildah("run", container, "--", "id", "-u") == "10001"


def test_it_carries_the_model_and_nothing_that_trains(
    container: str, project: Smoked
) -> None:
    model = f"/models/{project.path.name}"
    assert buildah("run", container, "--", "ls", model) == "1"
    assert "saved_model.pb" in buildah("run", container, "--", "ls", f"{model}/1")
    found = buildah("run", container, "--", "find", "/serving", "/models")
    assert ".py" not in found.replace(".pb", "")


def test_the_health_check_says_whether_a_model_is_served(container: str) -> None:
    port = free_port()
    _, *check = configured(container, "Healthcheck.Test")
    # With a port of our own, as the container shares this machine's network here.
    healthy = ["buildah", "run", container, "--", *check, str(port)]
    assert run(healthy) != 0
    flags = [
        f"--rest_api_port={port}" if flag.startswith("--rest_api_port") else flag
        for flag in configured(container, "Cmd")
    ]
    serve = [*configured(container, "Entrypoint"), *flags]
    command = ["buildah", "run", container, "--", *serve]
    with subprocess.Popen(command, env=ENVIRONMENT) as server:
        try:
            deadline = time.monotonic() + 60
            while run(healthy) != 0:
                assert server.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.5)
        finally:
            server.terminate()


def run(command: list[str]) -> int:
    return subprocess.run(command, env=ENVIRONMENT, check=False).returncode


def test_hadolint_finds_nothing(project: Smoked) -> None:
    assert hadolint(project.path / "Dockerfile") == ""
