"""The generator on every Python that it promises, installed from a wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import files_below

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).parents[2]
NEW = ["new", "Shop digits", "-f", "pytorch", "-t", "flask", "-o"]


def find_python(version: str) -> str | None:
    """Return an interpreter of this version: on PATH, or among those of pyenv."""
    if found := shutil.which(f"python{version}"):
        works = subprocess.run([found, "--version"], capture_output=True, check=False)
        if works.returncode == 0:
            return found
    installed = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    return next((str(p) for p in installed.glob(f"{version}.*/bin/python")), None)


@pytest.mark.parametrize("version", ["3.10", "3.12", "3.13"])
def test_same_project_on_every_python(version: str, tmp_path: Path) -> None:
    python = find_python(version)
    if python is None:
        pytest.skip(f"no Python {version} on this machine")
    subprocess.run([python, "-m", "venv", tmp_path / "venv"], check=True)
    executables = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    install = [executables / "python", "-m", "pip", "install", "--quiet", ROOT]
    subprocess.run(install, check=True)
    there, here = tmp_path / "there", tmp_path / "here"
    subprocess.run([executables / "dlscaffold", *NEW, there], check=True, cwd=tmp_path)
    subprocess.run([sys.executable, "-m", "dlscaffold", *NEW, here], check=True)
    assert files_below(there) == files_below(here)
    listed = subprocess.run([executables / "dlscaffold", "list"], check=False)
    assert listed.returncode == 0
