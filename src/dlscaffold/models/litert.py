"""LiteRT (TensorFlow Lite) models."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from dlscaffold.models.description import Contents, Signature, Tensor
from dlscaffold.models.flat import Table, root
from dlscaffold.models.source import Source, Window, opened
from dlscaffold.models.values import MalformedError, as_shape, count, listed

# TensorType in TensorFlow's schema.fbs.
DTYPES = (
    "float32",
    "float16",
    "int32",
    "uint8",
    "int64",
    "string",
    "bool",
    "int16",
    "complex64",
    "int8",
    "float64",
    "complex128",
    "uint64",
    "resource",
    "variant",
    "uint32",
    "uint16",
    "int4",
    "bfloat16",
)
# BuiltinOperator in the same file, one a line.
OPERATORS = Path(__file__).with_name("litert_operators.txt")
CUSTOM = 32
OUTSIDE = "custom."  # before the name of an operator that is not built in
# Those that the runtime has all the same (tflite/core/kernels/register.cc).
REGISTERED = {
    "AudioSpectrogram",
    "Mfcc",
    "NumericVerify",
    "TFLite_Detection_PostProcess",
}
LONGEST = 10_000  # bytes of metadata that are looked at
RUNTIME = "min_runtime_version"
CONVERSION = "CONVERSION_METADATA"


def read(source: Source) -> Contents:
    """Return what the model says; its weights are not read."""
    with opened(source.path) as buffer:
        return describe(buffer)


def describe(buffer: Window) -> Contents:
    """Return the contents of a model."""
    model = root(buffer)
    graphs = list(model.tables(2))
    if not graphs:
        raise MalformedError("it holds no graph")
    codes = [operator_name(code) for code in model.tables(1)]
    signatures = list(named_signatures(model, graphs))
    operators = Counter(used(graphs, codes))
    version = converter(model)
    return Contents(
        signatures=tuple(signatures or [plain_signature(graphs[0])]),
        writer="tensorflow" if version else None,
        version=version,
        parameters=sum(parameters(model, graph) for graph in graphs),
        operators=operators,
        notes=tuple(notes(model)),
        obstacles=tuple(obstacles(signatures, operators)),
    )


def named_signatures(model: Table, graphs: list[Table]) -> Iterator[Signature]:
    """Yield the signatures, which newer files have."""
    for one in model.tables(7):
        number = one.number(4, "I")
        if number >= len(graphs):
            raise MalformedError("a signature refers to a graph that is not there")
        graph = graphs[number]
        inputs, outputs = (
            tuple(
                tensor(graph, entry.number(1, "I"), entry.text(0))
                for entry in one.tables(place)
            )
            for place in (0, 1)
        )
        yield Signature(one.text(2), inputs, outputs)


def plain_signature(graph: Table) -> Signature:
    """Return the inputs and outputs of a graph that has no signature."""
    inputs, outputs = (
        tuple(tensor(graph, index) for index in graph.numbers(place))
        for place in (1, 2)
    )
    return Signature(graph.text(4) or "main", inputs, outputs)


def tensor(graph: Table, index: int, name: str = "") -> Tensor:
    """Return a tensor of the graph, under the name that a signature gives it."""
    found = graph.table_at(0, index)
    kind = found.number(1, "B")
    sizes = found.numbers(7) or found.numbers(0)
    dtype = DTYPES[kind] if kind < len(DTYPES) else None
    return Tensor(name or found.text(3), dtype, as_shape(sizes))


def operator_name(code: Table) -> str:
    """Return the name of a kind of operator."""
    number = max(code.number(3), code.number(0, "b"))
    if number == CUSTOM:
        return f"{OUTSIDE}{code.text(1)}"
    names = OPERATORS.read_text("utf-8").split()
    return names[number] if 0 <= number < len(names) else f"operator {number}"


def obstacles(signatures: list[Signature], operators: Iterable[str]) -> Iterator[str]:
    """Yield why the runtime cannot call the model by name, or not at all."""
    if len(signatures) != 1:
        yield "it has not exactly one signature: convert it again with one"
    outside = {
        one.removeprefix(OUTSIDE) for one in operators if one.startswith(OUTSIDE)
    }
    if unknown := outside - REGISTERED:
        names = listed(unknown)
        yield f"LiteRT has no {names}: convert it again without custom operators"


def used(graphs: list[Table], codes: list[str]) -> Iterator[str]:
    """Yield the name of each operator in the graphs."""
    for graph in graphs:
        for operator in graph.tables(3):
            number = operator.number(0, "I")
            if number >= len(codes):
                raise MalformedError("an operator in it is of no kind")
            yield codes[number]


def parameters(model: Table, graph: Table) -> int:
    """Return the number of weights: of elements that have data."""
    total = 0
    for found in graph.tables(0):
        buffer = found.number(2, "I")
        if buffer and model.table_at(4, buffer).length(0, 1):
            total += count(found.numbers(0))
    return total


def notes(model: Table) -> Iterator[str]:
    """Yield the oldest runtime that the file says it needs."""
    digits = metadata(model, RUNTIME).split(b"\0")[0]
    if digits:
        yield f"needs runtime {digits.decode('ascii', 'replace')} or newer"


def converter(model: Table) -> str | None:
    """Return the version of the TensorFlow that converted the model."""
    data = metadata(model, CONVERSION)
    environment = root(Window(BytesIO(data))).table(0) if data else None
    return (environment.text(0) if environment else "") or None


def metadata(model: Table, name: str) -> bytes:
    """Return what is stored under a name; it is empty where there is nothing."""
    for entry in model.tables(6):
        if entry.text(0) == name:
            found = model.table_at(4, entry.number(1, "I"))
            return found.data(0, LONGEST)
    return b""
