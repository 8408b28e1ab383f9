"""What this machine has of what any pair needs."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dlscaffold.doctor.check import PATIENCE, Check, needs_of
from dlscaffold.layers.catalog import installed
from dlscaffold.layers.layer import Framework

ENGINES = ("docker", "podman")
OLDEST = 10  # no minor version of Python 3 before it is of use to any framework


def machine_checks(path: Path) -> Iterator[Check]:
    """Yield what this machine has of what any pair needs."""
    pythons = find_pythons()
    for framework in installed().frameworks():
        needs = needs_of(framework.name)
        if needs:
            yield wheels(framework, needs, pythons)
            yield processor(framework, needs)
    yield disk(path)
    yield make()
    yield container_engine()
    yield model_server()
    yield java()
    yield android()


def find_pythons() -> dict[str, str]:
    """Return the interpreters on this machine, by version: this one, and on PATH."""
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    found = {own: sys.executable}
    for minor in range(OLDEST, OLDEST + 10):
        path = shutil.which(f"python3.{minor}")
        # Version managers put shims on the PATH for versions that are not installed.
        if path and answers([path, "--version"]):
            found.setdefault(f"3.{minor}", path)
    return found


def wheels(
    framework: Framework, needs: Mapping[str, Any], pythons: dict[str, str]
) -> Check:
    """Check for a Python that the framework can be installed for."""
    name = f"Python for {framework.title}"
    fitting = [version for version in needs["python"] if version in pythons]
    if fitting:
        return Check(name, "fine", f"Python {fitting[-1]} at {pythons[fitting[-1]]}")
    return Check(
        name,
        "missing",
        f"only Python {', '.join(pythons)}; its wheels are for "
        f"{', '.join(needs['python'])}",
        f"install Python {needs['python'][-1]}",
    )


def this_machine() -> str:
    """Return the system and the processor, in the guidance's words."""
    system = {"darwin": "macos"}.get(platform.system().lower(), platform.system())
    return f"{system.lower()} {architecture()}"


def architecture() -> str:
    """Return the processor's architecture, by one name on every system."""
    machine = platform.machine().lower()
    return {"amd64": "x86_64", "aarch64": "arm64"}.get(machine, machine)


def processor(framework: Framework, needs: Mapping[str, Any]) -> Check:
    """Check that the framework is published for this system and processor."""
    name = f"processor for {framework.title}"
    machine = this_machine()
    if machine in needs["machines"]:
        return Check(name, "fine", machine)
    return Check(
        name,
        "missing",
        f"no wheels for {machine}",
        f"use a machine with {' or '.join(needs['machines'])}",
    )


def disk(path: Path) -> Check:
    """Check that the largest environment would fit."""
    largest = max(
        (needs_of(f.name).get("megabytes", 0) for f in installed().frameworks()),
        default=0,
    )
    free = shutil.disk_usage(path).free // 1_000_000
    says = f"{free:,} MB free; an environment takes up to {largest:,} MB"
    if free >= 2 * largest:
        return Check("disk", "fine", says)
    mend = "free some, or generate on another disk with -o"
    return Check("disk", "warning" if free > largest else "missing", says, mend)


def make() -> Check:
    """Check for make, which repeats the commands of a project for those who like it."""
    found = shutil.which("make")
    if found:
        return Check("make", "fine", found)
    mend = "install it, or run the commands that the project's README lists"
    return Check("make", "warning", "not found", mend)


def container_engine() -> Check:
    """Check for a container engine, and that it answers."""
    found = [engine for engine in ENGINES if shutil.which(engine)]
    for engine in found:
        if answers([engine, "info"]):
            return Check("container engine", "fine", f"{engine} runs")
    if found:
        says = f"{found[0]} is installed but does not answer"
        mend = f"start it, or mend your right to use it: {found[0]} info"
        return Check("container engine", "warning", says, mend)
    mend = "install Docker or Podman; without one, servers run from an environment"
    return Check("container engine", "missing", "neither Docker nor Podman", mend)


def model_server() -> Check:
    """Check for TensorFlow Serving outside a container."""
    found = shutil.which("tensorflow_model_server")
    if found:
        return Check("tensorflow_model_server", "fine", found)
    mend = "use a container engine, or install the Debian package on x86-64"
    return Check("tensorflow_model_server", "missing", "not on the PATH", mend)


def java() -> Check:
    """Check for a Java compiler: a runtime alone builds no app."""
    home = Path(os.environ.get("JAVA_HOME") or "no-java-home")
    found = shutil.which("javac") or shutil.which("javac", path=str(home / "bin"))
    if found:
        return Check("Java", "fine", found)
    mend = "install a Java Development Kit, 17 or newer, to build Android apps"
    return Check("Java", "missing", "no javac on the PATH or in JAVA_HOME", mend)


def android() -> Check:
    """Check for the Android SDK."""
    variables = ("ANDROID_HOME", "ANDROID_SDK_ROOT")
    for folder in filter(None, map(os.environ.get, variables)):
        if (Path(folder) / "platforms").is_dir():
            return Check("Android SDK", "fine", folder)
    mend = "install Android Studio and set ANDROID_HOME, to build Android apps"
    return Check("Android SDK", "missing", "no SDK in ANDROID_HOME", mend)


def answers(command: list[str]) -> bool:
    """Whether a command ends well, and soon."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
