"""Whether the files and the environment of a generated project agree."""

import json
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dlscaffold.digest import digest
from dlscaffold.doctor.machine import Check, judged, needs_of, python
from dlscaffold.errors import ScaffoldError, printable
from dlscaffold.layers.manifest import TABLE, TEXT
from dlscaffold.running.interpreters import environment_python
from dlscaffold.running.metadata import MANIFEST, NAME, read_object, requires_python
from dlscaffold.running.processes import output_of

# What a signature or a manifest must say, and of which type.
TEXTS = ("artifact", "format", "framework", "framework_version", "sha256")
TENSORS = {"inputs": TABLE, "outputs": TABLE}
SIGNATURE = {**dict.fromkeys(TEXTS, TEXT), **TENSORS}
PROJECT = {"framework": TEXT, "target": TEXT, "format": TEXT, "package": NAME}

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
    if fault:
        yield Check("manifest", "missing", fault, "generate the project again")
        return
    pair = f"{manifest['framework']} with {manifest['target']}"
    yield Check("manifest", "fine", f"{pair}, joined by {manifest['format']}")
    yield allowed_python(project, pythons)
    inside = look_inside(project)
    yield environment(project, inside)
    yield from artifact_checks(project, manifest, inside["installed"] if inside else {})


def artifact_checks(
    project: Path, manifest: Mapping[str, str], installed: Mapping[str, str]
) -> Iterator[Check]:
    """Yield whether what was exported is complete and agrees with the project."""
    artifacts = project / "artifacts"
    signature, fault = read_object(artifacts / "signature.json", SIGNATURE)
    fix = in_project(project, "-m", f"{manifest['package']}.export")
    if fault:
        yield Check("signature", "missing", fault, f"run: {fix}")
        return
    fix = f"export again: {fix}"
    for one in ("format", "framework"):
        if signature[one] != manifest[one]:
            fault = f"its {one} is {signature[one]}, the project's {manifest[one]}"
    yield judged("signature", fault, fix, "agrees with the project")
    fault = artifact_fault(artifacts, signature)
    exported = f"{signature['artifact']} is the one that was exported"
    yield judged("artifact", fault, fix, exported)
    yield sources(project, signature.get("sources"))
    examples, fault = read_object(artifacts / "golden.json", TENSORS)
    for name in () if fault else TENSORS:
        if examples[name].keys() != signature[name].keys():
            fault = f"their {name} are not those of the signature"
    yield judged("golden examples", fault, fix, "fit the signature")
    yield version(project, signature, installed, fix)


def sources(project: Path, digests: object) -> Check:
    """Check that the artifact was made from the weights, code and data that are here.

    What is outside the project, or not there, is left out.
    """
    named = digests.items() if isinstance(digests, dict) else ()
    inside = {str(path): sha for path, sha in named if is_inside(project, str(path))}
    try:
        changed = [p for p, sha in inside.items() if digest(project / p) != sha]
    except OSError as error:
        changed = [str(error.filename)]
    step = "export" if changed == ["models"] else "train"
    names = " and ".join(map(printable, changed))
    fault = f"{names} changed after the export" if changed else ""
    fine = "the artifact was made from the data, code and weights that are here"
    return judged("sources", fault, f"{smoke_again(project)} --from {step}", fine)


def is_inside(project: Path, path: str) -> bool:
    """Return whether a path is that of a file or folder in the project."""
    try:
        found = (project / path).resolve(strict=True)
    except (OSError, ValueError):
        return False
    inside = found.is_relative_to(project.resolve())
    return inside and (found.is_file() or found.is_dir())


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
    folder = [] if is_here(project) else [shlex.join(["cd", str(project)])]
    return " && ".join([*folder, shlex.join([python, *words])])


def is_here(project: Path) -> bool:
    """Whether commands are run in the project's folder anyway."""
    return project.resolve() == Path.cwd()


def smoke_again(project: Path) -> str:
    """Return the command that makes the environment and runs all steps."""
    words = ["dlscaffold", "smoke", *([] if is_here(project) else [str(project)])]
    return f"run: {shlex.join(words)}"


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
    python, fault = environment_python(project), ""
    if not python.exists():
        says = "there is no .venv yet"
        return Check("environment", "warning", says, smoke_again(project))
    if inside is None:
        fault = "the interpreter or pyproject.toml cannot be read"
    elif wrong := inside["wrong"]:
        need, found = wrong[0]
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        fault = f"{need} is wanted, {found or 'nothing'} installed{more}"
    fine = f"{python}, as pyproject.toml says"
    return judged("environment", fault, smoke_again(project), fine)


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


def version(
    project: Path,
    signature: Mapping[str, Any],
    installed: Mapping[str, str],
    fix: str,
) -> Check:
    """Check that the framework installed is the one that exported."""
    exported, name = signature["framework_version"], "framework version"
    packages = needs_of(signature["framework"]).get("packages", [])
    found = [installed[package] for package in packages if package in installed]
    if not found:
        says = f"exported with {exported}; nothing installed to compare it with"
        return Check(name, "warning", says, smoke_again(project))
    if exported not in found:
        says = f"exported with {exported}, but {found[0]} is installed"
        return Check(name, "warning", says, fix)
    return Check(name, "fine", exported)
