"""What a generated project says about itself."""

import json
import re
from pathlib import Path

from dlscaffold.errors import ScaffoldError
from dlscaffold.layers.pythons import PythonRange, parse_range
from dlscaffold.toml import read_toml

MANIFEST = ".dlscaffold.json"
# What the manifest has to say, and in which form.
FIELDS = {"package": r"[A-Za-z_]\w*", "steps": r"(train )?export"}


def read_manifest(project: Path) -> dict[str, str]:
    """Return the choices that the project was generated from.

    Raises ScaffoldError if the folder is not a generated project.
    """
    try:
        fields = json.loads((project / MANIFEST).read_text("utf-8"))
        found = {name: fields[name] for name in FIELDS}
        if all(re.fullmatch(FIELDS[name], value) for name, value in found.items()):
            return found
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        pass
    raise ScaffoldError(
        f"{project} is not a generated project ({MANIFEST} is missing or broken); "
        "name one, as in: dlscaffold smoke PATH"
    )


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
