"""The Python interpreters on this machine, and which of them a project runs on."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from dlscaffold.errors import ScaffoldError
from dlscaffold.layers.pythons import PythonRange, as_text, parse_version
from dlscaffold.running.processes import output_of

OLDEST = 10  # no framework supports a minor version of Python 3 before this one
THIS = as_text(sys.version_info[:2])


def find_pythons() -> dict[str, str]:
    """Return interpreters by version, such as `3.12`: this one, and those on PATH."""
    found = {THIS: sys.executable}
    for minor in range(OLDEST, OLDEST + 10):
        path = shutil.which(f"python3.{minor}")
        # Version managers put shims on the PATH for versions that are not installed.
        if path and output_of([path, "--version"]) is not None:
            found.setdefault(f"3.{minor}", path)
    return found


def choose(allowed: PythonRange, pythons: Mapping[str, str]) -> str | None:
    """Return the version to use: this interpreter's if it fits, else the newest.

    None if no version fits.
    """
    fitting = [version for version in pythons if version in allowed]
    if THIS in fitting:
        return THIS
    return max(fitting, key=parse_version, default=None)


def choose_interpreter(allowed: PythonRange) -> str:
    """Return the path of the interpreter to use; raises ScaffoldError if none fits."""
    pythons = find_pythons()
    version = choose(allowed, pythons)
    if version is None:
        raise ScaffoldError(
            f"{none_fits(allowed, pythons)}: install Python {allowed.newest}, or name "
            "an interpreter with --python."
        )
    return pythons[version]


def none_fits(allowed: PythonRange, pythons: Mapping[str, str]) -> str:
    """Say which versions would fit, and which there are instead."""
    found = ", ".join(sorted(pythons, key=parse_version))
    return f"Python {allowed} is needed, and this machine has {found}"


def environment_python(project: Path) -> Path:
    """Return the interpreter of the project's own environment, `.venv`."""
    folder = "Scripts/python.exe" if os.name == "nt" else "bin/python"
    return project / ".venv" / folder
