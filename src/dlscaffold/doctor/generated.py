"""Whether a generated project holds together."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dlscaffold.digest import digest
from dlscaffold.doctor.check import PATIENCE, Check, needs_of
from dlscaffold.running.smoke import MANIFEST, environment_python

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


def project_checks(project: Path) -> Iterator[Check]:
    """Yield whether manifest, environment, artifact and signature agree."""
    manifest, fault = read_object(project / MANIFEST, PROJECT)
    # The package becomes part of commands to copy.
    if not fault and not manifest["package"].isidentifier():
        fault = f"{MANIFEST} names a package that cannot be one"
    if fault:
        yield Check("manifest", "missing", fault, "generate the project again")
        return
    pair = f"{manifest['framework']} with {manifest['target']}"
    yield Check("manifest", "fine", f"{pair}, joined by {manifest['format']}")
    inside = look_inside(project)
    yield environment(project, inside)
    artifacts = project / "artifacts"
    signature, fault = read_object(artifacts / "signature.json", SIGNATURE)
    mend = in_project(project, "-m", f"{manifest['package']}.export")
    if fault:
        yield Check("signature", "missing", fault, f"run: {mend}")
        return
    mend = f"export again: {mend}"
    yield agreement(manifest, signature, mend)
    yield artifact(artifacts, signature, mend)
    yield golden(artifacts, signature, mend)
    yield version(project, signature, inside["installed"] if inside else {}, mend)


def in_project(project: Path, *words: str) -> str:
    """Return a command, ready to copy, for the project's Python in its folder."""
    python = environment_python(Path())  # relative to the project's folder
    command = shlex.join(
        [str(python) if python_is_there(project) else "python", *words]
    )
    return (
        command if is_here(project) else f"cd {shlex.quote(str(project))} && {command}"
    )


def python_is_there(project: Path) -> bool:
    """Whether the project has an environment of its own."""
    return environment_python(project).exists()


def is_here(project: Path) -> bool:
    """Whether commands are run in the project's folder anyway."""
    return project.resolve() == Path.cwd()


def smoke_again(project: Path) -> str:
    """Return the command that makes the environment and runs all steps."""
    words = ["dlscaffold", "smoke", *([] if is_here(project) else [str(project)])]
    return f"run: {shlex.join(words)}"


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


def look_inside(project: Path) -> dict[str, Any] | None:
    """Return what INSPECT prints in the project's own environment, if it can."""
    requirements = str(project / "requirements/dev.txt")
    command = [str(environment_python(project)), "-I", "-c", INSPECT, requirements]
    try:
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE)
        found = json.loads(done.stdout)
        return {"installed": dict(found["installed"]), "wrong": list(found["wrong"])}
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError, TypeError):
        return None


def environment(project: Path, inside: Mapping[str, Any] | None) -> Check:
    """Check the installed versions against the requirements."""
    python = environment_python(project)
    mend = smoke_again(project)
    if not python_is_there(project):
        return Check("environment", "warning", "there is no .venv yet", mend)
    if inside is None:
        says = "the interpreter or the requirements cannot be read"
        return Check("environment", "missing", says, mend)
    wrong = inside["wrong"]
    if not wrong:
        return Check("environment", "fine", f"{python}, as the requirements say")
    need, version_ = wrong[0]
    says = f"{need} is wanted, {version_ or 'nothing'} installed"
    more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    install = in_project(project, "-m", "pip", "install", "-r", "requirements/dev.txt")
    return Check("environment", "missing", says + more, f"run: {install}")


def agreement(
    manifest: Mapping[str, Any], signature: Mapping[str, Any], mend: str
) -> Check:
    """Check that the signature is of the project's framework and format."""
    for name in ("framework", "format"):
        if signature[name] != manifest[name]:
            says = f"its {name} is {signature[name]}, the project's {manifest[name]}"
            return Check("signature", "missing", says, mend)
    return Check("signature", "fine", "agrees with the project")


def artifact(artifacts: Path, signature: Mapping[str, Any], mend: str) -> Check:
    """Check that the artifact is there and is the one that the signature names."""
    named = signature["artifact"]
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


def golden(artifacts: Path, signature: Mapping[str, Any], mend: str) -> Check:
    """Check that the golden examples have the signature's inputs and outputs."""
    fields = {"inputs": dict, "outputs": dict}
    examples, fault = read_object(artifacts / "golden.json", fields)
    if fault:
        return Check("golden examples", "missing", fault, mend)
    for name in fields:
        if examples[name].keys() != signature[name].keys():
            says = f"their {name} are not those of the signature"
            return Check("golden examples", "missing", says, mend)
    return Check("golden examples", "fine", "fit the signature")


def version(
    project: Path,
    signature: Mapping[str, Any],
    installed: Mapping[str, str],
    mend: str,
) -> Check:
    """Check that the framework installed is the one that exported."""
    exported = signature["framework_version"]
    name = "framework version"
    packages = needs_of(signature["framework"]).get("packages", [])
    found = [installed[package] for package in packages if package in installed]
    if not found:
        says = f"exported with {exported}; nothing installed to compare it with"
        return Check(name, "warning", says, smoke_again(project))
    if exported not in found:
        says = f"exported with {exported}, but {found[0]} is installed"
        return Check(name, "warning", says, mend)
    return Check(name, "fine", exported)
