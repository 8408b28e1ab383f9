"""`serve --with docker|binary`, with programs of those names that stand in for them.

The server's stand-in refuses flags that the real one does not have, and serves by the
project's local server; Docker's records what it is asked, and runs until it is stopped.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from e2e.conftest import Smoked
from e2e.service import free_port
from e2e.test_tensorflow_serving_conformance import wait_for

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.xdist_group("keras"),
    pytest.mark.skipif(sys.platform == "win32", reason="the programs are scripts"),
]

# The flags, as main.cc of tensorflow_model_server declares them.
SERVER = """#!{python}
import os, pathlib, sys
KNOWN = {{
    "port", "rest_api_port", "model_config_file", "monitoring_config_file",
    "model_config_file_poll_wait_seconds", "enable_batching",
    "batching_parameters_file", "allow_version_labels_for_unavailable_models",
}}
flags = dict(word.removeprefix("--").split("=", 1) for word in sys.argv[1:])
if flags.keys() - KNOWN:
    sys.exit("unknown argument: " + ", ".join(flags.keys() - KNOWN))
for name, value in flags.items():
    if name.endswith("_file"):
        pathlib.Path(value).read_text()
shared = ["rest_api_port", "model_config_file", "monitoring_config_file"]
own = [f"--{{name}}={{flags[name]}}" for name in shared]
os.execv(sys.executable, [sys.executable, "-m", "{package}.service.local_server", *own])
"""
DOCKER = """#!/bin/sh
trap 'echo stopped >> {log}; exit 7' TERM
echo "$@" >> {log}
case "$1" in
  info) exit {engine} ;;
  image) exit {image} ;;
  run) while true; do sleep 0.1; done ;;
esac
"""


@pytest.fixture(scope="module")
def project(smoked: Callable[..., Smoked]) -> Smoked:
    return smoked("keras", "tensorflow-serving")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A folder that is searched for programs first."""
    folder = tmp_path / "bin"
    folder.mkdir()
    return folder


def program(path: Path, name: str, text: str) -> None:
    (path / name).write_text(text, "utf-8")
    (path / name).chmod(0o755)


def start(project: Smoked, path: Path, *options: str) -> subprocess.Popen[str]:
    command = [project.python, "-m", f"{project.package}.serve", *options]
    return subprocess.Popen(
        command,
        cwd=project.path,
        env={**os.environ, "PATH": f"{path}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_binary_serves_and_gets_the_signals(project: Smoked, path: Path) -> None:
    text = SERVER.format(python=project.python, package=project.package)
    program(path, "tensorflow_model_server", text)
    port = free_port()
    with start(project, path, "--with", "binary", "--port", str(port)) as server:
        wait_for(port, server)
        server.terminate()
        said, errors = server.communicate(timeout=30)
    assert "with binary on" in said
    assert "stand-in" in errors
    assert server.returncode in (0, -signal.SIGTERM)
    with pytest.raises(TimeoutError):
        wait_for(port, seconds=0.5)


def test_the_exit_status_of_the_binary_is_passed_on(
    project: Smoked, path: Path
) -> None:
    program(path, "tensorflow_model_server", "#!/bin/sh\necho no such flag >&2; exit 3")
    with start(project, path, "--with", "binary") as server:
        _, errors = server.communicate(timeout=30)
    assert server.returncode == 3
    assert errors == "no such flag\n"


@pytest.mark.parametrize("image", [0, 1], ids=["image there", "image to download"])
def test_docker_gets_the_command_and_the_signals(
    project: Smoked, path: Path, tmp_path: Path, image: int
) -> None:
    log = tmp_path / "log"
    program(path, "docker", DOCKER.format(log=log, engine=0, image=image))
    with start(project, path, "--port", "9501") as server:
        assert server.stdout
        assert "with docker on" in server.stdout.readline()
        if image:
            assert "downloads tensorflow/serving:" in server.stdout.readline()
        while "run --rm" not in log.read_text("utf-8"):
            assert server.poll() is None
            time.sleep(0.05)
        server.terminate()
        server.communicate(timeout=30)
    assert server.returncode == 7
    *_, run, stopped = log.read_text("utf-8").splitlines()
    assert stopped == "stopped"
    assert "--user=10001" in run
    assert "--publish=127.0.0.1:9501:8501" in run
    assert "--publish=127.0.0.1:9500:8500" in run
    assert f"{project.path / 'serving'}:/serving:ro" in run
    assert "--entrypoint=tensorflow_model_server tensorflow/serving:" in run


def test_an_engine_that_does_not_run_is_named(
    project: Smoked, path: Path, tmp_path: Path
) -> None:
    program(path, "docker", DOCKER.format(log=tmp_path / "log", engine=1, image=1))
    with start(project, path, "--with", "docker") as server:
        _, errors = server.communicate(timeout=30)
    assert server.returncode == 1
    assert errors == (
        "error: no Docker engine answers: start it, or use --with local.\n"
    )
