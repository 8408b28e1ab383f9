"""A person's own data, and what a project needs of it.

Small data is copied into the project; large data stays where it is, and is named.
"""

from __future__ import annotations

import os
from pathlib import Path

from dlscaffold.data import Data

# Larger data is not copied: the project refers to it by its path.
CARRIED_BYTES = 20_000_000
FOLDER = "data"
SOURCE = f"{FOLDER}/source.json"  # which the template of such a project brings


def is_carried(data: Data) -> bool:
    """Return whether the project contains a copy."""
    return data.size <= CARRIED_BYTES


def source(data: Data) -> str:
    """Return the name of the layer that reads such data."""
    return "folder" if data.path.is_dir() else "file"


def name_of(data: Data) -> str:
    """Return what the data is called in the project; its own name can be anything."""
    return "examples" if data.path.is_dir() else f"examples{_suffix(data)}"


def copies(data: Data) -> dict[str, Path]:
    """Return the files to copy: path in the project, and source."""
    if not is_carried(data):
        return {}
    if data.path.is_file():
        return {f"{FOLDER}/{name_of(data)}": data.path}
    files = [
        Path(folder, name) for folder, _, names in os.walk(data.path) for name in names
    ]
    return {
        f"{FOLDER}/{name_of(data)}/{file.relative_to(data.path).as_posix()}": file
        for file in sorted(files)
    }


def words(data: Data) -> list[str]:
    """Return the options of `new` that select it."""
    found = ["--data", str(data.path), "--task", data.task]
    for option in ("label", "text"):
        if option in data.options:
            found += [f"--{option}", str(data.options[option])]
    return found


def context(data: Data) -> dict[str, object]:
    """Return the values for the templates: `_data` becomes `data/source.json`."""
    inside = f"{FOLDER}/{name_of(data)}"
    where = inside if is_carried(data) else str(data.path.resolve())
    return {
        "_data": {"path": where, **data.options},
        "_data_is_carried": is_carried(data),
    }


def _suffix(data: Data) -> str:
    return data.path.suffix.lower() if data.path.suffix.isascii() else ".csv"
