"""The project's hand-written messages against TensorFlow Serving's own API package."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from e2e.conftest import Smoked

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("keras")]

CHECKS = Path(__file__).parent / "serving_api" / "check_api.py"
API = "tensorflow-serving-api==2.21.*"
SITE_PACKAGES = "import sysconfig; print(sysconfig.get_path('purelib'))"


@pytest.fixture(scope="module")
def project(smoked: Callable[..., Smoked]) -> Smoked:
    return smoked("keras", "tensorflow-serving")


@pytest.fixture(scope="module")
def python(project: Smoked, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An interpreter that has the API, beside all that the project's own one has.

    Without the package's dependencies, which are a second TensorFlow.
    """
    folder = tmp_path_factory.mktemp("api") / "venv"
    subprocess.run([project.python, "-m", "venv", str(folder)], check=True)
    scripts = "Scripts" if sys.platform == "win32" else "bin"
    python = str(folder / scripts / "python")
    shared, own = (site_packages(path) for path in (project.python, python))
    (Path(own) / "shared.pth").write_text(f"{shared}\n", "utf-8")
    install = [python, "-m", "pip", "install", "--quiet", "--no-deps", API]
    subprocess.run(install, check=True)
    return python


def site_packages(python: str) -> str:
    command = [python, "-c", SITE_PACKAGES]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_messages_and_grpc_client_fit_the_api(project: Smoked, python: str) -> None:
    command = [python, "-m", "pytest", "-q", "--noconftest", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, str(CHECKS), "-c", os.devnull],
        cwd=project.path,
        env={**os.environ, "PACKAGE": project.package},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "module", ["client.grpc_client", "service.rollout", "service.rollback"]
)
def test_clients_and_labels_do_without_a_framework(
    project: Smoked, module: str
) -> None:
    """So that moving a label back is quick."""
    code = (
        f"import sys, {project.package}.{module}; "
        "sys.exit(bool({'keras', 'sklearn', 'tensorflow'} & {*sys.modules}))"
    )
    subprocess.run([project.python, "-c", code], cwd=project.path, check=True)
