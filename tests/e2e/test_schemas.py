"""What `inspect` knows of schemas and runtimes, held to the packages themselves."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import CATALOG
from dlscaffold.models import schemas
from dlscaffold.models.limits import limits_of
from e2e.conftest import Smoked

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

pytestmark = pytest.mark.e2e

SCRIPTS = Path(__file__).parent / "models"
TABLES = sorted(Path(schemas.__file__).parent.glob("*.toml"))
# A pair whose environment has the package that defines a schema.
PAIRS = {
    "onnx": ("pytorch", "flask"),
    "tensorflow": ("keras", "flask", "onnx"),
    "litert": ("keras", "litert"),
    "executorch": ("pytorch", "executorch"),
    "torch_export": ("pytorch", "executorch"),
}
Smoke = Callable[..., Smoked]


def asked(python: str, script: str, question: Any, *arguments: str) -> Any:
    """Return what a script answers, in the interpreter of an environment."""
    done = subprocess.run(
        [python, SCRIPTS / script, *arguments],
        input=json.dumps(question),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(
            file, id=file.stem, marks=pytest.mark.xdist_group(PAIRS[file.stem][0])
        )
        for file in TABLES
    ],
)
def test_tables_are_those_of_the_official_schema(file: Path, smoked: Smoke) -> None:
    tables = tomllib.loads(file.read_text("utf-8"))
    if file.stem == "litert":
        operators = limits_of(CATALOG.format("litert")).operators
        tables["BuiltinOperator"] |= {name: n for n, name in enumerate(operators)}
    python = smoked(*PAIRS[file.stem]).python
    assert asked(python, "official_schemas.py", tables, file.stem) == tables


@pytest.mark.xdist_group("pytorch")
def test_limits_are_those_of_onnx_runtime(smoked: Smoke) -> None:
    limits = limits_of(CATALOG.format("onnx")).versions
    oldest = {"IR version": 10, "opset ai.onnx": 20}
    models = []
    for name, newest in limits.items():
        for number in (newest, newest + 1):
            versions = {**oldest, name: number}
            ir_version = versions.pop("IR version")
            sets = {k.removeprefix("opset "): n for k, n in versions.items()}
            models.append([ir_version, sets])
    python = smoked("pytorch", "flask").python
    assert asked(python, "load_onnx.py", models) == [True, False] * len(limits)
