"""Read model files, and say what was said of them: for the tests of the readers."""

from __future__ import annotations

import json
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import model_files as made
import pytest
from click.testing import Result

from dlscaffold.errors import ScaffoldError
from dlscaffold.models.description import Description
from dlscaffold.models.identify import describe

Run = Callable[..., Result]


WHOLE = made.whole_files()


# What one file may make the readers hold in memory while the tests run.
MEMORY = 64 << 20


def look(folder: Path, name: str, data: bytes, **options: Any) -> Description:
    """Write a file and describe it."""
    file = folder / name
    file.write_bytes(data)
    return describe(file, **options)


def refusal(folder: Path, name: str, data: bytes) -> str:
    """Return the sentence that a file is refused with."""
    with pytest.raises(ScaffoldError) as caught:
        look(folder, name, data)
    assert caught.value.exit_code == 1
    assert "\n" not in caught.value.message
    assert caught.value.message.endswith(".")
    return caught.value.message


def reasons(found: Description) -> dict[str, str]:
    """Return why each target does not fit, where none does."""
    assert not [fit for fit in found.targets if fit.format]
    return {fit.target: fit.because for fit in found.targets}


def fake(folder: Path, body: str) -> str:
    """Return the path of an interpreter that does something else."""
    file = folder / "python"
    file.write_text(f"#!{sys.executable}\n{body}\n", "utf-8")
    file.chmod(0o755)
    return str(file)


def survives(folder: Path, name: str, data: bytes) -> None:
    """Read a file: there is a description or one sentence, in bounded memory."""
    tracemalloc.start()
    try:
        said = as_line(look(folder, name, data, trust=True))
    except ScaffoldError as error:
        said = error.message
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert said
    assert len(said.splitlines()) == 1
    assert most < MEMORY


def as_line(found: Description) -> str:
    """Return the description as JSON, which it must be possible to write."""
    return json.dumps(asdict(found))
