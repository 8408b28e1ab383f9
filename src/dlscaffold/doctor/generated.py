"""Whether the files and the environment of a generated project agree."""

import json
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dlscaffold.digest import digest
from dlscaffold.doctor.machine import Check, judged, needs_of, python
from dlscaffold.errors import ScaffoldError
from dlscaffold.running.interpreters import environment_python
from dlscaffold.running.metadata import MANIFEST, requires_python
from dlscaffold.running.processes import output_of

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

# Run by the project's own interpreter, which evaluates the markers of dependencies;
# pytest brings `packaging`, and pip has a copy of it.
INSPECT = """
import json, sys, tomllib
from importlib.metadata import distributions
try:
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name
except ImportError:
    from pip._vendor.packaging.requirements import Requirement
    from pip._vendor.packaging.utils import canonicalize_name

installed = {canonicalize_name(d.metadata["Name"]): d.version for d in distributions()}

with open(sys.argv[1], "rb") as file:
    project = tomllib.load(file)["project"]

def wanted(requirements):
    for need in map(Requirement, requirements):
        if need.name != project["name"]:
            yield need
            continue
        for extra in need.extras:
            yield from wanted(project["optional-dependencies"][extra])

wrong = []
for need in wanted([*project["dependencies"], project["name"] + "[dev]"]):
    if need.marker is None or need.marker.evaluate():
        version = installed.get(canonicalize_name(need.name))
        if version is None or not need.specifier.contains(version, prereleases=True):
            wrong.append([str(need), version])
print(json.dumps({"installed": installed, "wrong": wrong}))
"""


def project_checks(project: Path, pythons: Mapping[str, str]) -> Iterator[Check]:
    """Yield whether manifest, Python, environment, signature and artifact agree."""
    manifest, fault = read_object(project / MANIFEST, PROJECT)
    # The package becomes part of commands to copy.
    if not fault and not manifest["package"].isidentifier():
        fault = f"{MANIFEST} names a package that cannot be one"
    if fault:
        yield Check("manifest", "missing", fault, "generate the project again")
        return
    pair = f"{manifest['framework']} with {manifest['target']}"
    yield Check("manifest", "fine", f"{pair}, joined by {manifest['format']}")
    yield allowed_python(project, pythons)
    inside = look_inside(project)
    yield environment(project, inside)
    artifacts = project / "artifacts"
    signature, fault = read_object(artifacts / "signature.json", SIGNATURE)
    fix = in_project(project, "-m", f"{manifest['package']}.export")
    if fault:
        yield Check("signature", "missing", fault, f"run: {fix}")
        return
    fix = f"export again: {fix}"
    odd = (one for one in ("framework", "format") if signature[one] != manifest[one])
    fault = next(
        (
            f"its {one} is {signature[one]}, the project's {manifest[one]}"
            for one in odd
        ),
        "",
    )
    yield judged("signature", fault, fix, "agrees with the project")
    fault = artifact_fault(artifacts, signature)
    exported = f"{signature['artifact']} is the one that was exported"
    yield judged("artifact", fault, fix, exported)
    fault = golden_fault(artifacts, signature)
    yield judged("golden examples", fault, fix, "fit the signature")
    yield version(project, signature, inside["installed"] if inside else {}, fix)


def allowed_python(project: Path, pythons: Mapping[str, str]) -> Check:
    """Check for an interpreter that the project's pyproject.toml allows."""
    try:
        return python(requires_python(project), pythons)
    except ScaffoldError as error:
        says, _, fix = error.format_message().partition("; ")
        return Check("Python", "missing", says, fix)


def in_project(project: Path, *words: str) -> str:
    """Return a command, ready to copy, for the project's Python in its folder."""
    has_environment = environment_python(project).exists()
    # Relative to the project's folder.
    python = str(environment_python(Path())) if has_environment else "python"
    command = shlex.join([python, *words])
    folder = shlex.quote(str(project))
    return command if is_here(project) else f"cd {folder} && {command}"


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
    pyproject = str(project / "pyproject.toml")
    command = [str(environment_python(project)), "-I", "-c", INSPECT, pyproject]
    try:
        found = json.loads(output_of(command) or "")
        return {"installed": dict(found["installed"]), "wrong": list(found["wrong"])}
    except (ValueError, KeyError, TypeError):
        return None


def environment(project: Path, inside: Mapping[str, Any] | None) -> Check:
    """Check the installed versions against pyproject.toml."""
    python = environment_python(project)
    fix = smoke_again(project)
    if not python.exists():
        return Check("environment", "warning", "there is no .venv yet", fix)
    if inside is None:
        says = "the interpreter or pyproject.toml cannot be read"
        return Check("environment", "missing", says, fix)
    wrong = inside["wrong"]
    if not wrong:
        return Check("environment", "fine", f"{python}, as pyproject.toml says")
    need, version_ = wrong[0]
    says = f"{need} is wanted, {version_ or 'nothing'} installed"
    more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    return Check("environment", "missing", says + more, fix)


def artifact_fault(artifacts: Path, signature: Mapping[str, Any]) -> str:
    """Return why the artifact is not the one that the signature names, if it is not."""
    named = signature["artifact"]
    try:
        path = (artifacts / named).resolve()
        if not path.is_relative_to(artifacts.resolve()):
            return f"the signature names {named}, which is outside artifacts/"
        if not path.exists():
            return f"{named} is not there"
        if digest(path) != signature["sha256"]:
            return f"{named} is not the file that the signature names"
    except OSError:
        return f"{named} cannot be read"
    return ""


def golden_fault(artifacts: Path, signature: Mapping[str, Any]) -> str:
    """Return why the golden examples do not fit the signature, if they do not."""
    fields = {"inputs": dict, "outputs": dict}
    examples, fault = read_object(artifacts / "golden.json", fields)
    for name in () if fault else fields:
        if examples[name].keys() != signature[name].keys():
            return f"their {name} are not those of the signature"
    return fault


def version(
    project: Path,
    signature: Mapping[str, Any],
    installed: Mapping[str, str],
    fix: str,
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
        return Check(name, "warning", says, fix)
    return Check(name, "fine", exported)
