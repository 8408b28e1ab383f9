"""What a generated project says about itself."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dlscaffold.errors import ScaffoldError
from dlscaffold.layers.manifest import Type
from dlscaffold.layers.pythons import PythonRange, parse_range
from dlscaffold.toml import read_toml

MANIFEST = ".dlscaffold.json"
# The package becomes part of commands.
NAME = Type("a name", lambda v: isinstance(v, str) and v.isidentifier(), '"digits"')
STEPS = Type("steps", lambda v: v in ("export", "train export"), '"export"')


def read_manifest(project: Path) -> dict[str, str]:
    """Return the package and the steps of a generated project.

    Raises ScaffoldError if the folder is not a generated project.
    """
    fields = {"package": NAME, "steps": STEPS}
    found, fault = read_object(project / MANIFEST, fields)
    if fault:
        raise ScaffoldError(
            f"{project} is not a generated project ({fault}); name one, as in: "
            "dlscaffold smoke PATH"
        )
    return found


def read_object(file: Path, fields: Mapping[str, Type]) -> tuple[dict[str, Any], str]:
    """Return a JSON object with these fields, and what is wrong with it, or ``."""
    try:
        content = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}, f"{file.name} is not there"
    except (OSError, ValueError, RecursionError):
        return {}, f"{file.name} cannot be read as JSON"
    if not isinstance(content, dict):
        return {}, f"{file.name} is not a JSON object"
    for name, wanted in fields.items():
        value = content.get(name)
        # What is not printable could be no name, but could fool a terminal.
        if not wanted.has(value) or not str(value).isprintable():
            return {}, f"{file.name} has no {name}, or not of the right type"
    return content, ""


def requires_python(project: Path) -> PythonRange:
    """Return the versions of Python that the project's pyproject.toml allows.

    Raises ScaffoldError if it says nothing of the form `>=X.Y,<X.Y`.
    """
    file = project / "pyproject.toml"
    try:
        return parse_range(read_toml(file)["project"]["requires-python"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ScaffoldError(
            f"{file} does not say which Python it needs; write requires-python = "
            '">=X.Y,<X.Y" there, or name an interpreter with --python.'
        ) from None
