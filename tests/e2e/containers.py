"""Containers without Docker: built and run by buildah, on a base by debootstrap."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

BASE = "localhost/python-base"
PACKAGES = "python3,python3-pip,python3-venv,ca-certificates"
# Neither an engine's daemon nor a file system of its own is needed this way.
ENVIRONMENT = {
    **os.environ,
    "STORAGE_DRIVER": "vfs",
    "BUILDAH_ISOLATION": "chroot",
    "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin",
}


def buildah(*arguments: str | Path) -> str:
    done = subprocess.run(
        ["buildah", *map(str, arguments)],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout.strip()


def base_image(folder: Path) -> str:
    """Return an image with Python, made from Debian's packages if there is none yet.

    Skips the test where that cannot be done.
    """
    for tool in ("buildah", "debootstrap"):
        if shutil.which(tool, path=ENVIRONMENT["PATH"]) is None:
            pytest.skip(f"no {tool} (Debian: {tool})")
    if os.geteuid() != 0:
        pytest.skip("debootstrap needs root")
    if not buildah("images", "--filter", f"reference={BASE}", "--quiet"):
        options = ["--variant=minbase", f"--include={PACKAGES}"]
        command = ["debootstrap", *options, "bookworm", str(folder)]
        subprocess.run(command, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)
        container = buildah("from", "scratch")
        buildah("add", "--quiet", container, folder, "/")
        buildah("commit", "--quiet", "--rm", container, BASE)
    return BASE


def hadolint(dockerfile: Path) -> str:
    """Return what is wrong with a Dockerfile; empty where nothing is."""
    program = Path(sysconfig.get_path("scripts")) / "hadolint"
    done = subprocess.run(
        [program, dockerfile], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def configured(container: str, name: str) -> list[str]:
    template = "{{range .Docker.Config." + name + "}}{{.}}\n{{end}}"
    return buildah("inspect", "--format", template, container).splitlines()
