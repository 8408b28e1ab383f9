"""Print what the packages that define a schema say of some of its tables.

Takes `{"table": {"field": number}}` on standard input and prints the same tables with
the official numbers, `null` for what is not there.

python official_schemas.py SCHEMA < TABLES
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

Numbers = Mapping[str, int]
# Names of dtypes in enumerations, where they are not NumPy's in capitals.
DTYPES = {
    "BYTE": "uint8",
    "CHAR": "int8",
    "SHORT": "int16",
    "INT": "int32",
    "LONG": "int64",
    "HALF": "float16",
    "FLOAT": "float32",
    "DOUBLE": "float64",
    "COMPLEXHALF": "complex32",
    "COMPLEXFLOAT": "complex64",
    "COMPLEXDOUBLE": "complex128",
}


def dtypes(values: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return the values of an enumeration by NumPy's names, and by their own."""
    named = [(name.removeprefix("DT_"), number) for name, number in values]
    return {
        **dict(named),
        **{DTYPES.get(name, name.lower()): number for name, number in named},
        **{
            re.sub(r"^float(\d)e", r"float\1_e", n.lower()): number
            for n, number in named
        },
    }


def protobuf(package: str, *modules: str) -> Callable[[str], Numbers]:
    """Return a function from the name of a message or enumeration to its numbers."""
    imported = [importlib.import_module(name) for name in modules]
    pool = imported[0].DESCRIPTOR.pool

    def find(name: str) -> Numbers:
        try:
            fields = pool.FindMessageTypeByName(f"{package}.{name}").fields
        except KeyError:
            values = pool.FindEnumTypeByName(f"{package}.{name}").values
            return dtypes((value.name, value.number) for value in values)
        return {field.name: field.number for field in fields}

    return find


def generated(*modules: str) -> Callable[[str], Numbers]:
    """Return the same for the Python code that flatc generates."""
    found = [importlib.import_module(name) for name in modules]

    def find(name: str) -> Numbers:
        table = next(getattr(one, name) for one in found if hasattr(one, name))
        if not hasattr(table, "Init"):
            return dtypes((k, v) for k, v in vars(table).items() if k.isupper())
        numbers = {}
        for method, code in inspect.getmembers(table, inspect.isfunction):
            if offset := re.search(
                r"self\._tab\.Offset\((\d+)\)", inspect.getsource(code)
            ):
                field = re.sub(r"(?<!^)(?=[A-Z])", "_", method).lower()
                numbers[field] = (int(offset.group(1)) - 4) // 2
        return numbers

    return find


def flatbuffers(*files: Path) -> Callable[[str], Numbers]:
    """Return the same for the text of schemas."""
    text = "\n".join(re.sub(r"//.*", "", file.read_text()) for file in files)
    blocks = re.findall(r"(table|enum|union) (\w+)[^{]*\{([^}]*)\}", text)
    bodies = {name: (kind, body) for kind, name, body in blocks}

    def find(name: str) -> Numbers:
        kind, body = bodies[name]
        if kind == "table":
            fields: list[str] = []
            for field, of in re.findall(r"(\w+)\s*:\s*\[?(\w+)", body):
                is_union = bodies.get(of, ("",))[0] == "union"
                fields += [f"{field}_type", field] if is_union else [field]
            return {field: number for number, field in enumerate(fields)}
        if kind == "union":
            members = re.findall(r"\w+", body)
            return {member: number for number, member in enumerate(members, 1)}
        return dtypes((n, int(v)) for n, v in re.findall(r"(\w+) = (\d+)", body))

    return find


def enumerations(module: str) -> Callable[[str], Numbers]:
    """Return the same for the enumerations of a Python module."""
    found = importlib.import_module(module)
    return lambda name: dtypes((one.name, one.value) for one in getattr(found, name))


def official(schema: str) -> Callable[[str], Numbers]:
    """Return a function from a table's name to its official numbers."""
    if schema == "onnx":
        return protobuf("onnx", "onnx.onnx_ml_pb2")
    if schema == "tensorflow":
        folder = "tensorflow.core.protobuf"
        names = ("saved_model_pb2", "saved_object_graph_pb2", "meta_graph_pb2")
        return protobuf("tensorflow", *(f"{folder}.{name}" for name in names))
    if schema == "litert":
        return generated(
            "ai_edge_litert.schema_py_generated",
            "tensorflow.lite.python.conversion_metadata_schema_py_generated",
        )
    if schema == "executorch":
        package = importlib.util.find_spec("executorch")
        (folder,) = package.submodule_search_locations
        schemas = Path(folder, "exir", "_serialize")
        return flatbuffers(schemas / "program.fbs", schemas / "scalar_type.fbs")
    return enumerations("torch._export.serde.schema")


def main() -> None:
    """Answer for one schema."""
    find = official(sys.argv[1])
    tables: dict[str, Any] = json.load(sys.stdin)
    found = {
        table: {name: find(table).get(name) for name in names}
        for table, names in tables.items()
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
