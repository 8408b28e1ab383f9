"""The container of the Flask service, really built and started, without Docker."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from e2e.conftest import Smoked
from e2e.containers import ENVIRONMENT, buildah, configured, hadolint
from e2e.service import Service, free_port

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("keras")]

# What pip needs to know of this machine to install anything at all.
PIP = ("/etc/pip.conf", "/root/.config/pip/pip.conf", "/etc/ssl/certs")


@pytest.fixture(scope="module")
def project(smoked: Callable[..., Smoked]) -> Smoked:
    return smoked("keras", "flask")


def test_hadolint_finds_nothing(project: Smoked) -> None:
    assert hadolint(project.path / "Dockerfile") == ""


@pytest.fixture(scope="module")
def container(project: Smoked, base: str) -> Iterator[str]:
    """A container of the image that the project's Dockerfile builds."""
    mounts = [f"-v={path}:{path}:ro" for path in PIP if Path(path).exists()]
    image = "localhost/flask-service"
    argument = f"--build-arg=PYTHON_IMAGE={base}"
    # The OCI's own format knows no HEALTHCHECK.
    options = [
        "--quiet",
        "--layers",
        "--format=docker",
        argument,
        *mounts,
        f"--tag={image}",
    ]
    buildah("build", *options, project.path)
    name = buildah("from", image)
    yield name
    buildah("rm", name)


@contextlib.contextmanager
def started(container: str, model: str) -> Iterator[Service]:
    port = free_port()
    command = ["buildah", "run", f"--env=FLASK_PORT={port}", container, "--"]
    serve = [*command, *configured(container, "Cmd")]
    with subprocess.Popen(serve, env=ENVIRONMENT) as process:
        service = Service(f"http://127.0.0.1:{port}", model, process)
        try:
            service.wait_until_ready()
            yield service
        finally:
            process.send_signal(signal.SIGTERM)


def test_it_is_no_root_and_knows_its_health(container: str) -> None:
    assert buildah("run", container, "--", "id", "-u") == "10001"
    assert configured(container, "Healthcheck.Test")[0] == "CMD"


def test_only_what_serves_is_in_it(container: str, project: Smoked) -> None:
    found = buildah("run", container, "--", "find", "/service", "-maxdepth", "1")
    names = {Path(path).name for path in found.splitlines()}
    assert names == {"service", project.package, "artifacts"}
    installed = buildah("run", container, "--", "python", "-m", "pip", "list").lower()
    for training_only in ("tensorflow", "torch", "keras", "scikit-learn", "matplotlib"):
        assert training_only not in installed


def test_it_is_much_smaller_than_what_trains(container: str, project: Smoked) -> None:
    serving = int(buildah("run", container, "--", "du", "-sk", "/venv").split()[0])
    script = "import sysconfig; print(sysconfig.get_path('purelib'))"
    command = [project.python, "-c", script]
    packages = subprocess.run(command, capture_output=True, text=True, check=True)
    sizes = subprocess.run(
        ["du", "-sk", packages.stdout.strip()],
        capture_output=True,
        text=True,
        check=True,
    )
    training = int(sizes.stdout.split()[0])
    print(f"serving {serving / 1024:.0f} MB, training {training / 1024:.0f} MB")
    assert serving <= 0.15 * training


def test_the_smoke_tests_pass_from_outside(container: str, project: Smoked) -> None:
    check = configured(container, "Healthcheck.Test")[1:]
    with started(container, project.path.name) as service:
        buildah("run", f"--env=FLASK_PORT={service.port}", container, "--", *check)
        done = subprocess.run(
            [project.python, "-m", "pytest", "-q", "tests/service/test_server.py"],
            cwd=project.path,
            env={**os.environ, "SERVICE_URL": service.url},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-3000:]
    # So a read-only root file system is possible, with a temporary /tmp.
    mine = "find / -xdev -user 10001 -not -path '/proc/*' -not -path '/tmp/*'"
    assert buildah("run", container, "--", "sh", "-c", f"{mine} || true") == ""
