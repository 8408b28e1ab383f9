"""Files of the contract: read as JSON, and identified by digest."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..settings import ROOT


class ContractError(Exception):
    """The model and its contract do not agree; the message says what to do."""


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, or of a folder's file names and contents."""
    if path.is_file():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    total = hashlib.sha256()
    for part in sorted(part for part in path.rglob("*") if part.is_file()):
        total.update(part.relative_to(path).as_posix().encode() + b"\0")
        total.update(digest(part).encode())
    return total.hexdigest()


def changed(sources: Mapping[str, str]) -> list[str]:
    """Return the paths, relative to the project, whose digests are no longer these.

    What is not here, as in a container, is left out.
    """
    there = [path for path in sources if (ROOT / path).exists()]
    return [path for path in there if digest(ROOT / path) != sources[path]]


def read_json(path: Path, step: str = "export") -> dict[str, Any]:
    """Return the JSON object in a file; raise ContractError if there is none.

    `step` is what writes the file.
    """
    try:
        fields = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ContractError(f"{path} is missing: {step} the model first.") from error
    except OSError as error:
        raise ContractError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise ContractError(f"{path} is not JSON: {step} the model again.") from error
    if not isinstance(fields, dict):
        raise ContractError(f"{path} is not a JSON object: {step} the model again.")
    return fields


def write_json(path: Path, fields: Mapping[str, Any]) -> None:
    """Write a JSON object to a file, whose folder is made if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(fields, indent=2) + "\n", "utf-8")
