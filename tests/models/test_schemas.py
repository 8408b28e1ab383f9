"""The package `models`: names instead of numbers, and imports that lead downwards."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from dlscaffold import models
from dlscaffold.models.schemas import Schema, Table

ROOT = Path(models.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
READERS = sorted((ROOT / "readers").glob("*.py"))
SCHEMAS = sorted(file.stem for file in (ROOT / "schemas").glob("*.toml"))
# What takes the number of a field first.
ACCESS = {
    *("child", "data", "every", "first", "int32", "int32s", "int8", "length", "number"),
    *("numbers", "table", "table_at", "tables", "text", "uint32", "uint8"),
}
# What a part of the package may import of dlscaffold, beside its own modules.
ALLOWED = {
    "bytes": set(),
    "schemas": {"toml"},
    "readers": {"bytes", "schemas", "description", "values", "kinds", "errors"},
    "": {"bytes", "readers", "layers", "errors", "toml"},
}


def identifier(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def bare_numbers(tree: ast.Module) -> Iterator[int]:
    """Yield the lines where a field is asked for by a number."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            asked = node.args if node.func.attr in ACCESS else []
            if any(isinstance(one, ast.Constant) for one in asked[:1]):
                yield node.lineno
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Name):
            compared = [one for part in node.comparators for one in ast.walk(part)]
            constants = [one for one in compared if isinstance(one, ast.Constant)]
            if node.left.id in ("number", "kind") and any(
                isinstance(one.value, int) for one in constants
            ):
                yield node.lineno


@pytest.mark.parametrize("file", READERS, ids=identifier)
def test_readers_ask_for_fields_by_name(file: Path) -> None:
    assert list(bare_numbers(ast.parse(file.read_text("utf-8")))) == []


@pytest.mark.parametrize(
    "code", ["graph.text(3)", "if number == 3: pass", "graph.every(5, 6)"]
)
def test_a_bare_number_is_found(code: str) -> None:
    assert list(bare_numbers(ast.parse(code))) == [1]


def entries(name: str) -> set[tuple[str, str]]:
    """Return the tables and entries of a schema, except what is listed as dtypes."""
    tables = {k: v for k, v in vars(Schema(name)).items() if isinstance(v, Table)}
    named = {k: [*vars(v)] for k, v in tables.items() if "float32" not in vars(v)}
    return {(k, one) for k, v in named.items() for one in v if not one.startswith("_")}


def named_entries(prefixes: tuple[str, ...]) -> set[tuple[str, str]]:
    """Return the tables and entries that readers name, by the start of their files."""
    files = [file for file in READERS if file.stem.startswith(prefixes)]
    nodes = (node for file in files for node in ast.walk(ast.parse(file.read_text())))
    return {
        (node.value.attr, node.attr)
        for node in nodes
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and isinstance(node.value.value, ast.Name)
        and node.value.value.id in ("pb", "fb")
        and node.attr != "name_of"
    }


@pytest.mark.parametrize("name", sorted({*SCHEMAS} - {"torch_export"}))
def test_schemas_have_what_readers_name_and_nothing_more(name: str) -> None:
    reader = "saved_model" if name == "tensorflow" else name
    assert named_entries((reader,)) == entries(name)


def test_an_unknown_name_is_an_error() -> None:
    schema = Schema("onnx")
    with pytest.raises(AttributeError, match="no GraphProtos"):
        schema.GraphProtos  # noqa: B018
    with pytest.raises(AttributeError, match="no nodes"):
        schema.GraphProto.nodes  # noqa: B018


def imported(file: Path) -> Iterator[str]:
    """Yield the modules of dlscaffold that a module imports from."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        module = node.module if isinstance(node, ast.ImportFrom) else None
        if module and module.startswith("dlscaffold"):
            yield module


@pytest.mark.parametrize("file", MODULES, ids=identifier)
def test_imports_lead_downwards(file: Path) -> None:
    part = file.relative_to(ROOT).parent.as_posix().replace(".", "")
    own = f"dlscaffold.models.{part}".rstrip(".")
    for module in imported(file):
        name = module.removeprefix("dlscaffold.").removeprefix("models.").split(".")[0]
        assert module.startswith(own) or name in ALLOWED[part], module
