"""What this machine can do for each pair, and whether a project holds together."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from dlscaffold import catalog, guidance
from dlscaffold.errors import ScaffoldError
from dlscaffold.smoke import MANIFEST, environment_python

STATES = ("fine", "warning", "missing")
ENGINES = ("docker", "podman")
OLDEST = 10  # no minor version of Python 3 before it is of use to any framework
PATIENCE = 15  # seconds that another program may take to answer
BLOCK = 1 << 20  # bytes of a model that are read at once
# What a signature or a manifest must say, and of which type.
SIGNATURE = {
    "artifact": str,
    "format": str,
    "framework": str,
    "framework_version": str,
    "inputs": dict,
    "outputs": dict,
    "sha256": str,
}
PROJECT = {"framework": str, "target": str, "format": str, "package": str}

# Run by the project's own interpreter, whose pip knows how to read requirements.
INSPECT = """
import json, sys
from importlib.metadata import distributions
from pathlib import Path
from pip._vendor.packaging.requirements import InvalidRequirement, Requirement
from pip._vendor.packaging.utils import canonicalize_name

installed = {canonicalize_name(d.metadata["Name"]): d.version for d in distributions()}

def wanted(file):
    for line in file.read_text("utf-8").splitlines():
        line = line.partition(" #")[0].strip()
        if line.startswith("-r "):
            yield from wanted(file.parent / line[3:].strip())
        elif line and not line.startswith(("#", "-")):
            yield Requirement(line)

wrong = []
for need in wanted(Path(sys.argv[1])):
    if need.marker is None or need.marker.evaluate():
        version = installed.get(canonicalize_name(need.name))
        if version is None or not need.specifier.contains(version, prereleases=True):
            wrong.append([str(need), version])
print(json.dumps({"installed": installed, "wrong": wrong}))
"""


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: how it is, and what to do if it is not fine."""

    name: str
    state: str
    says: str
    mend: str = ""


@dataclass(frozen=True)
class Report:
    """All that was looked at; `project` is empty outside a generated project."""

    machine: tuple[Check, ...]
    pairs: tuple[Check, ...]
    project: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether the project holds together, or else whether any pair works here."""
        checks = self.project or self.pairs
        missing = [check.state == "missing" for check in checks]
        return not any(missing) if self.project else not all(missing)


def run(path: Path, *, as_json: bool) -> None:
    """Print the report; exits with status 1 if it is not ok."""
    if not path.exists():
        raise ScaffoldError(f"There is no {path}: name a folder.")
    report = examine(path)
    if as_json:
        click.echo(json.dumps({"ok": report.ok, **asdict(report)}))
    else:
        show(report)
    if not report.ok:
        raise click.exceptions.Exit(1)


def examine(path: Path) -> Report:
    """Return what there is to say of this machine, and of the project if it is one."""
    machine = {check.name: check for check in machine_checks(path)}
    generated = (path / MANIFEST).exists()
    return Report(
        machine=tuple(machine.values()),
        pairs=tuple(pair_checks(machine)),
        project=tuple(project_checks(path)) if generated else (),
    )


# ---- the machine --------------------------------------------------------------------


def machine_checks(path: Path) -> Iterator[Check]:
    """Yield what this machine has of what any pair needs."""
    pythons = find_pythons()
    for framework in catalog.frameworks():
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


def needs_of(name: str) -> Mapping[str, Any]:
    """Return what the guidance says that a framework or target needs."""
    statements = guidance.load().about(name, "needs")
    return statements[-1].needs if statements else {}


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
    framework: catalog.Framework, needs: Mapping[str, Any], pythons: dict[str, str]
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


def processor(framework: catalog.Framework, needs: Mapping[str, Any]) -> Check:
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
        (needs_of(f.name).get("megabytes", 0) for f in catalog.frameworks()), default=0
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


def answers(command: list[str]) -> bool:
    """Whether a command ends well, and soon."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


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


# ---- the pairs ----------------------------------------------------------------------


def pair_checks(machine: Mapping[str, Check]) -> Iterator[Check]:
    """Yield for each legal pair the worst of what it needs here."""
    for framework in catalog.frameworks():
        for target in catalog.targets():
            if catalog.shared_formats(framework, target):
                yield pair_check(framework, target, machine)


def pair_check(
    framework: catalog.Framework, target: catalog.Target, machine: Mapping[str, Check]
) -> Check:
    """Return how far this machine can take a pair.

    Without the framework nothing works; without the target's tools the model is still
    trained, exported and tested.
    """
    name = f"{framework.title} with {target.title}"
    base = [f"Python for {framework.title}", f"processor for {framework.title}", "disk"]
    found = [machine[part] for part in base if part in machine]
    for check in found:
        if check.state == "missing":
            return Check(name, "missing", f"{check.name}: {check.says}", check.mend)
    for tool in needs_of(target.name).get("tools", []):
        check = TOOLS[tool](machine)
        if check.state != "fine":
            return Check(name, "warning", check.says, check.mend)
    for check in found:
        if check.state == "warning":
            return Check(name, "warning", f"{check.name}: {check.says}", check.mend)
    return Check(name, "fine", "trains, exports, tests and runs here")


def serving(machine: Mapping[str, Check]) -> Check:
    """Return whether TensorFlow Serving itself can run here."""
    engine, server = machine["container engine"], machine["tensorflow_model_server"]
    if server.state == "fine":
        return server
    if engine.state != "fine":
        says = f"no TensorFlow Serving here ({engine.says}): a local stand-in serves"
        return Check("serving", "warning", says, engine.mend)
    if architecture() != "x86_64":
        says = "the official image is for x86-64: it runs under emulation, if at all"
        mend = "serve with --target flask, or deploy to an x86-64 machine"
        return Check("serving", "warning", says, mend)
    return engine


def app(tool: str) -> Callable[[Mapping[str, Check]], Check]:
    """Return the look-up of a tool that only building the app takes."""

    def look(machine: Mapping[str, Check]) -> Check:
        check = machine[tool]
        if check.state == "fine":
            return check
        says = f"exports and tests here, but builds no Android app: {check.says}"
        return Check(check.name, check.state, says, check.mend)

    return look


# What the guidance's `tools` stand for.
TOOLS: dict[str, Callable[[Mapping[str, Check]], Check]] = {
    "serving": serving,
    "java": app("Java"),
    "android": app("Android SDK"),
}


# ---- the project --------------------------------------------------------------------


def project_checks(project: Path) -> Iterator[Check]:
    """Yield whether manifest, environment, artifact and signature agree."""
    manifest, fault = read_object(project / MANIFEST, PROJECT)
    if fault:
        yield Check("manifest", "missing", fault, "generate the project again")
        return
    pair = f"{manifest['framework']} with {manifest['target']}"
    yield Check("manifest", "fine", f"{pair}, joined by {manifest['format']}")
    installed: dict[str, str] = {}
    yield environment(project, installed)
    artifacts = project / "artifacts"
    signature, fault = read_object(artifacts / "signature.json", SIGNATURE)
    if fault:
        mend = f"run: python -m {manifest['package']}.export"
        yield Check("signature", "missing", fault, mend)
        return
    yield agreement(manifest, signature)
    yield artifact(artifacts, signature, manifest)
    yield golden(artifacts, signature, manifest)
    yield version(signature, installed, manifest)


def read_object(file: Path, fields: Mapping[str, type]) -> tuple[dict[str, Any], str]:
    """Return a JSON object, and what is wrong with it if anything is."""
    try:
        content = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}, f"{file.name} is not there"
    except (OSError, ValueError, RecursionError):
        return {}, f"{file.name} cannot be read as JSON"
    if not isinstance(content, dict):
        return {}, f"{file.name} is not a JSON object"
    for name, kind in fields.items():
        value = content.get(name)
        # What is not printable could be no name, but could fool a terminal.
        if not isinstance(value, kind) or not str(value).isprintable():
            return {}, f"{file.name} has no {name}, or not of the right type"
    return content, ""


def environment(project: Path, installed: dict[str, str]) -> Check:
    """Check the installed versions against the requirements; fills in `installed`."""
    python = environment_python(project)
    mend = "run: dlscaffold smoke"
    if not python.exists():
        return Check("environment", "warning", "there is no .venv yet", mend)
    try:
        done = subprocess.run(
            [str(python), "-I", "-c", INSPECT, str(project / "requirements/dev.txt")],
            capture_output=True,
            timeout=PATIENCE,
        )
        found = json.loads(done.stdout)
        installed.update(found["installed"])
        wrong = list(found["wrong"])
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError, TypeError):
        says = "the interpreter or the requirements cannot be read"
        return Check("environment", "missing", says, mend)
    if not wrong:
        return Check("environment", "fine", f"{python}, as the requirements say")
    need, version_ = wrong[0]
    says = f"{need} is wanted, {version_ or 'nothing'} installed"
    more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    mend = f"run: {python} -m pip install -r requirements/dev.txt"
    return Check("environment", "missing", says + more, mend)


def export_again(manifest: Mapping[str, Any]) -> str:
    """Return the mend for whatever is wrong with what was exported."""
    return f"export again: python -m {manifest['package']}.export"


def agreement(manifest: Mapping[str, Any], signature: Mapping[str, Any]) -> Check:
    """Check that the signature is of the project's framework and format."""
    for name in ("framework", "format"):
        if signature[name] != manifest[name]:
            says = f"its {name} is {signature[name]}, the project's {manifest[name]}"
            return Check("signature", "missing", says, export_again(manifest))
    return Check("signature", "fine", "agrees with the project")


def artifact(
    artifacts: Path, signature: Mapping[str, Any], manifest: Mapping[str, Any]
) -> Check:
    """Check that the artifact is there and is the one that the signature names."""
    named, mend = signature["artifact"], export_again(manifest)
    try:
        path = (artifacts / named).resolve()
        if not path.is_relative_to(artifacts.resolve()):
            says = f"the signature names {named}, which is outside artifacts/"
            return Check("artifact", "missing", says, mend)
        if not path.exists():
            return Check("artifact", "missing", f"{named} is not there", mend)
        same = digest(path) == signature["sha256"]
    except OSError:
        return Check("artifact", "missing", f"{named} cannot be read", mend)
    if not same:
        says = f"{named} is not the file that the signature names"
        return Check("artifact", "missing", says, mend)
    return Check("artifact", "fine", f"{named} is the one that was exported")


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, or of a folder's file names and contents.

    As in a generated project's contract.py, which cannot be imported from here.
    """
    total = hashlib.sha256()
    if path.is_file():
        with path.open("rb") as content:
            while block := content.read(BLOCK):
                total.update(block)
        return total.hexdigest()
    for file in sorted(file for file in path.rglob("*") if file.is_file()):
        total.update(file.relative_to(path).as_posix().encode() + b"\0")
        total.update(digest(file).encode())
    return total.hexdigest()


def golden(
    artifacts: Path, signature: Mapping[str, Any], manifest: Mapping[str, Any]
) -> Check:
    """Check that the golden examples have the signature's inputs and outputs."""
    fields = {"inputs": dict, "outputs": dict}
    examples, fault = read_object(artifacts / "golden.json", fields)
    mend = export_again(manifest)
    if fault:
        return Check("golden examples", "missing", fault, mend)
    for name in fields:
        if examples[name].keys() != signature[name].keys():
            says = f"their {name} are not those of the signature"
            return Check("golden examples", "missing", says, mend)
    return Check("golden examples", "fine", "fit the signature")


def version(
    signature: Mapping[str, Any],
    installed: Mapping[str, str],
    manifest: Mapping[str, Any],
) -> Check:
    """Check that the framework installed is the one that exported."""
    exported = signature["framework_version"]
    name = "framework version"
    packages = needs_of(signature["framework"]).get("packages", [])
    found = [installed[package] for package in packages if package in installed]
    if not found:
        says = f"exported with {exported}; nothing installed to compare it with"
        return Check(name, "warning", says, "run: dlscaffold smoke")
    if exported not in found:
        says = f"exported with {exported}, but {found[0]} is installed"
        return Check(name, "warning", says, export_again(manifest))
    return Check(name, "fine", exported)


# ---- showing it ---------------------------------------------------------------------

MARKS = {
    "fine": "[green]fine[/green]",
    "warning": "[yellow]warning[/yellow]",
    "missing": "[red]missing[/red]",
}


def show(report: Report) -> None:
    """Print the report for people, the project first where there is one."""
    from rich.console import Console

    console = Console(highlight=False)
    parts = {
        "This project": report.project,
        "This machine": report.machine,
        "What it can do": report.pairs,
    }
    for title, checks in parts.items():
        if checks:
            _show_checks(console, title, checks)


def _show_checks(console: Any, title: str, checks: tuple[Check, ...]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for check in checks:
        said = Text(check.says)
        if check.state != "fine" and check.mend:
            said.append(f"\n→ {check.mend}", "bold")
        table.add_row(MARKS[check.state], Text(check.name), said)
    console.print(f"[bold]{title}[/bold]")
    console.print(table)
    console.print()
