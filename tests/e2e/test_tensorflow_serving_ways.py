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
    "load_retry_interval_micros",
}}
flags = dict(word.removeprefix("--").split("=", 1) for word in sys.argv[1:])
if flags.keys() - KNOWN:
    sys.exit("unknown argument: " + ", ".join(flags.keys() - KNOWN))
for name, value in flags.items():
    if name.endswith("_file"):
        pathlib.Path(value).read_text()
shared = ["rest_api_port", "model_config_file"]
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


def start(
    project: Smoked, path: Path, *options: str, alone: bool = False
) -> subprocess.Popen[str]:
    """Start to serve, with the programs of a folder before all others, or alone."""
    searched = f"{path}:/bin" if alone else f"{path}:{os.environ['PATH']}"
    command = [project.python, "-m", f"{project.package}.serve", *options]
    return subprocess.Popen(
        command,
        cwd=project.path,
        env={**os.environ, "PATH": searched},
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


@pytest.mark.parametrize("docker", [True, False], ids=["engine stopped", "no docker"])
def test_without_an_engine_the_binary_serves(
    project: Smoked, path: Path, tmp_path: Path, docker: bool
) -> None:
    if docker:
        program(path, "docker", DOCKER.format(log=tmp_path / "log", engine=1, image=1))
    program(path, "tensorflow_model_server", "#!/bin/sh\nexit 3")
    with start(project, path, alone=True) as server:
        said, _ = server.communicate(timeout=60)
    assert server.returncode == 3
    assert "with binary on" in said


def test_without_any_of_them_the_stand_in_serves(project: Smoked, path: Path) -> None:
    port = free_port()
    with start(project, path, "--port", str(port), alone=True) as server:
        wait_for(port, server)
        server.terminate()
        said, errors = server.communicate(timeout=60)
    assert "with local on" in said
    assert "stand-in" in errors
    assert server.returncode == 0


@pytest.mark.parametrize(
    ("way", "engine", "reason"),
    [
        ("binary", None, "there is no tensorflow_model_server on the PATH;"),
        ("docker", None, "there is no docker on the PATH;"),
        ("docker", 1, "no Docker engine answers: start it, or"),
    ],
)
def test_a_way_that_is_not_there_is_refused(
    project: Smoked,
    path: Path,
    tmp_path: Path,
    way: str,
    engine: int | None,
    reason: str,
) -> None:
    if engine is not None:
        log = tmp_path / "log"
        program(path, "docker", DOCKER.format(log=log, engine=engine, image=1))
    with start(project, path, "--with", way, alone=True) as server:
        _, errors = server.communicate(timeout=60)
    assert server.returncode == 1
    assert errors == f"error: {reason} use --with local.\n"


def test_emulation_on_arm64_is_announced(
    project: Smoked, path: Path, tmp_path: Path
) -> None:
    program(path, "docker", DOCKER.format(log=tmp_path / "log", engine=0, image=0))
    code = (
        "import os, platform, runpy; platform.machine = lambda: 'arm64'; "
        "os.execvp = print; "
        f"runpy.run_module('{project.package}.serve', run_name='__main__')"
    )
    environment = {**os.environ, "PATH": f"{path}:{os.environ['PATH']}"}
    done = subprocess.run(
        [project.python, "-c", code],
        cwd=project.path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "emulated" in done.stdout
    assert "downloads" not in done.stdout  # as the engine has the image
    assert "--platform=linux/amd64" in done.stdout


def test_a_broken_configuration_is_named(project: Smoked, path: Path) -> None:
    config = project.path / "serving" / "models.config"
    text = config.read_text("utf-8")
    config.write_text("model_config_list {", "utf-8")
    try:
        with start(project, path, "--with", "local") as server:
            _, errors = server.communicate(timeout=60)
    finally:
        config.write_text(text, "utf-8")
    assert server.returncode == 1
    assert errors.startswith(f"error: {config} cannot be read: ")
