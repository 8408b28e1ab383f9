"""What this machine has of what any pair needs."""

import itertools
import os
import platform
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dlscaffold.advice import guidance
from dlscaffold.layers.catalog import installed
from dlscaffold.layers.layer import Framework
from dlscaffold.layers.pythons import PythonRange, pythons_of
from dlscaffold.running.interpreters import choose, none_fits
from dlscaffold.running.processes import output_of

ENGINES = ("docker", "podman")
STATES = ("fine", "warning", "missing")


@dataclass(frozen=True)
class Check:
    """One thing that was checked: its state, why, and the fix if it is not fine."""

    name: str
    state: str
    says: str
    fix: str = ""


def judged(name: str, fault: str, fix: str, fine: str) -> Check:
    """Return the check for a fault, which is an empty text where there is none."""
    return Check(name, "missing", fault, fix) if fault else Check(name, "fine", fine)


def needs_of(name: str) -> Mapping[str, Any]:
    """Return what the guidance says that a framework or target needs."""
    for statement in guidance.load(installed()).of("needs"):
        if statement.about in (f"frameworks/{name}", f"targets/{name}"):
            return statement.needs
    return {}


def machine_checks(path: Path, pythons: Mapping[str, str]) -> Iterator[Check]:
    """Yield what this machine has of what any pair needs."""
    yield python(pythons_of([installed().find("common")]), pythons)
    for framework in installed().frameworks():
        needs = needs_of(framework.name)
        if "machines" in needs:
            yield processor(framework, needs)
    yield disk(path)
    yield from tools()


def python(allowed: PythonRange, pythons: Mapping[str, str]) -> Check:
    """Check for an interpreter in a range of versions."""
    if version := choose(allowed, pythons):
        return Check("Python", "fine", f"Python {version} at {pythons[version]}")
    says = none_fits(allowed, pythons)
    return Check("Python", "missing", says, f"install Python {allowed.newest}")


def architecture() -> str:
    """Return the processor's architecture, by one name on every system."""
    machine = platform.machine().lower()
    return {"amd64": "x86_64", "aarch64": "arm64"}.get(machine, machine)


def processor(framework: Framework, needs: Mapping[str, Any]) -> Check:
    """Check that the framework is published for this system and processor."""
    name, system = f"processor for {framework.title}", platform.system().lower()
    machine = f"{'macos' if system == 'darwin' else system} {architecture()}"
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
    fix = "free some, or generate on another disk with -o"
    return Check("disk", "warning" if free > largest else "missing", says, fix)


def container_engine() -> Check:
    """Check for a container engine, and that it answers."""
    found = [engine for engine in ENGINES if shutil.which(engine)]
    for engine in found:
        if output_of([engine, "info"]) is not None:
            return Check("container engine", "fine", f"{engine} runs")
    if found:
        says = f"{found[0]} is installed but does not answer"
        fix = f"start it, or fix your permission to use it: {found[0]} info"
        return Check("container engine", "warning", says, fix)
    fix = "install Docker or Podman; without one, servers run from an environment"
    return Check("container engine", "missing", "neither Docker nor Podman", fix)


def tools() -> Iterator[Check]:
    """Yield checks for the tools that some pairs or steps need."""
    yield container_engine()
    for tool in guidance.load(installed()).tools:
        paths = filter(os.path.exists, map(os.path.expandvars, tool.get("paths", ())))
        programs = filter(None, map(shutil.which, tool.get("programs", ())))
        if found := next(itertools.chain(programs, paths), None):
            yield Check(tool["name"], "fine", found)
        else:
            state = tool.get("state", "missing")
            yield Check(tool["name"], state, tool["says"], tool["fix"])
