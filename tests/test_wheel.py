"""The installed wheel works like the checkout, without it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import files_below

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[1]
NEW = ["new", "Shop digits", "-f", "keras", "-t", "flask", "-o"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what the wheel installs, and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = ["-m", "build", "--wheel", "--outdir", str(folder / "dist"), str(ROOT)]
    subprocess.run([sys.executable, *build], check=True, capture_output=True)
    (wheel,) = (folder / "dist").glob("*.whl")
    install = ["-m", "pip", "install", "--no-deps", "--target", folder / "site", wheel]
    subprocess.run(
        [sys.executable, *map(str, install)], check=True, capture_output=True
    )
    return folder / "site"


def run(site: Path, *words: str | Path) -> str:
    """Run the installed command line; the checkout is not on its path."""
    environment = {**os.environ, "PYTHONPATH": str(site)}
    script = "import sys; from dlscaffold.cli import main; main()"
    command = [sys.executable, "-P", "-c", script, *map(str, words)]
    if sys.version_info < (3, 11):
        command.remove("-P")
    return subprocess.run(
        command, env=environment, cwd=site, check=True, capture_output=True, text=True
    ).stdout


def test_it_is_the_installed_one(installed: Path) -> None:
    script = "import dlscaffold; print(dlscaffold.__file__)"
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        cwd=installed,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.startswith(str(installed))


def test_same_project_from_wheel_and_checkout(installed: Path, tmp_path: Path) -> None:
    run(installed, *NEW, tmp_path / "wheel")
    command = [sys.executable, "-m", "dlscaffold", *NEW, str(tmp_path / "checkout")]
    subprocess.run(command, check=True, capture_output=True)
    assert files_below(tmp_path / "wheel") == files_below(tmp_path / "checkout")


def test_same_catalog(installed: Path) -> None:
    listed = json.loads(run(installed, "list", "--json"))
    command = [sys.executable, "-m", "dlscaffold", "list", "--json"]
    checkout = subprocess.run(command, check=True, capture_output=True, text=True)
    assert listed == json.loads(checkout.stdout)


def test_it_reads_models(installed: Path) -> None:
    model = ROOT / "tests" / "models" / "ranker.tflite"
    found = json.loads(run(installed, "inspect", model, "--json"))
    assert found["operators"]["FULLY_CONNECTED"] == 2
    assert (installed / "dlscaffold" / "models" / "readers" / "worker.py").is_file()


def test_it_is_typed(installed: Path) -> None:
    assert (installed / "dlscaffold" / "py.typed").is_file()
