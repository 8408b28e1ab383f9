"""ONNX files, with weights inside or in files beside them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from dlscaffold.models.description import Contents, Dimension, Signature, Tensor
from dlscaffold.models.source import Source, opened
from dlscaffold.models.values import MalformedError, as_shape, count, listed
from dlscaffold.models.wire import Message, message, signed

# TensorProto.DataType, and the bits that an element takes.
DTYPES = {
    1: ("float32", 32),
    2: ("uint8", 8),
    3: ("int8", 8),
    4: ("uint16", 16),
    5: ("int16", 16),
    6: ("int32", 32),
    7: ("int64", 64),
    8: ("string", 0),
    9: ("bool", 8),
    10: ("float16", 16),
    11: ("float64", 64),
    12: ("uint32", 32),
    13: ("uint64", 64),
    14: ("complex64", 64),
    15: ("complex128", 128),
    16: ("bfloat16", 16),
    17: ("float8_e4m3fn", 8),
    18: ("float8_e4m3fnuz", 8),
    19: ("float8_e5m2", 8),
    20: ("float8_e5m2fnuz", 8),
    21: ("uint4", 4),
    22: ("int4", 4),
    23: ("float4_e2m1", 4),
}
EXTERNAL = 1
# What ONNX Runtime 1.32 takes, which templates/formats/onnx pins; it says so itself.
NEWEST_IR = 14
NEWEST = {"": 28, "ai.onnx": 28, "ai.onnx.ml": 5, "com.microsoft": 1}
# The domains whose operators ONNX Runtime has, beside ONNX's own
# (include/onnxruntime/core/graph/constants.h).
DOMAINS = {
    "ai.onnx.ml",
    "ai.onnx.preview",
    "ai.onnx.preview.training",
    "ai.onnx.training",
    "com.microsoft",
    "com.microsoft.experimental",
    "com.microsoft.nchwc",
    "com.ms.internal.nhwc",
    "org.pytorch.aten",
}


def read(source: Source) -> Contents:
    """Return what the model says; weights are skipped, not read."""
    with opened(source.path) as buffer:
        return describe(Message(buffer, 0, len(buffer)), source.path.parent)


def describe(model: Message, folder: Path) -> Contents:
    """Return the contents of a ModelProto whose external data is in a folder."""
    graph = model.first(7)
    if graph is None or not model.number(1):
        raise MalformedError("it has no graph, or does not say which version of ONNX")
    inside = Inside()
    stored = inside.add_graph(graph)
    functions = list(model.every(25))
    for function in functions:
        inside.add_function(function)
    for function in functions:  # what they consist of has been counted
        inside.operators.pop(qualified(function.text(1), function.text(10)), None)
    ends = graph.those(11, 12)
    inputs = (value for value in map(tensor, ends[11]) if value.name not in stored)
    external = external_files(inside.weights, folder)
    sets = [(opset.text(1), signed(opset.number(2))) for opset in model.every(8)]
    return Contents(
        signatures=(Signature("graph", tuple(inputs), tuple(map(tensor, ends[12]))),),
        writer=model.text(2) or None,
        version=model.text(3) or None,
        parameters=inside.parameters,
        operators=inside.operators,
        notes=tuple(f"opset {name or 'ai.onnx'} {number}" for name, number in sets),
        obstacles=(
            *versions(model.number(1), sets),
            *obstacles([*ends[11], *ends[12]], inside.operators),
        ),
        external_size=sum(external.values()),
        external_files=tuple(external),
    )


def versions(ir: int, sets: list[tuple[str, int]]) -> Iterator[str]:
    """Yield what of the versions that the model names keeps ONNX Runtime from it."""
    if not sets:
        yield "it names no opset: export it again with one"
    if ir > NEWEST_IR:
        yield (
            f"ONNX Runtime knows no IR version {ir}: save it again with {NEWEST_IR} "
            "or older"
        )
    for name, number in sets:
        if number > (newest := NEWEST.get(name, number)):
            yield (
                f"ONNX Runtime knows no opset {number} of {name or 'ai.onnx'}: export "
                f"it again with {newest} or older"
            )


def tensor(value: Message) -> Tensor:
    """Return an input or output of a graph."""
    kind = value.first(2)
    found = kind.first(1) if kind else None
    if found is None:  # a sequence, a map or an optional value
        return Tensor(value.text(1), None, None)
    dtype, _ = DTYPES.get(found.number(1), (None, 0))
    shape = found.first(2)
    if shape is None:
        return Tensor(value.text(1), dtype, None)
    sizes = as_shape(map(dimension, shape.every(1)))  # of a single value: none
    return Tensor(value.text(1), dtype, sizes)


def dimension(size: Message) -> Dimension:
    """Return a size, the name of a free dimension, or None."""
    for number, value in size.fields():
        if number == 1 and isinstance(value, int):
            return signed(value)
        if number == 2:
            return message(value).as_text() or None
    return None


def qualified(name: str, domain: str) -> str:
    """Return an operator's name, with its domain where that is not ONNX's own."""
    return f"{domain}.{name}" if domain not in ("", "ai.onnx") else name


def obstacles(values: list[Message], operators: Iterable[str]) -> Iterator[str]:
    """Yield what no request can be made of, and what ONNX Runtime does not have."""
    if odd := [value.text(1) for value in values if not holds_tensor(value)]:
        yield (
            f"it takes or gives {listed(odd)}, no tensor: export it with tensors alone "
            "(skl2onnx: zipmap=False)"
        )
    outside = (one for one in operators if "." in one)
    unknown = [one for one in outside if one.rpartition(".")[0] not in DOMAINS]
    if unknown:
        names = listed(unknown)
        yield f"ONNX Runtime has no {names}: export it again without custom operators"


def holds_tensor(value: Message) -> bool:
    """Whether an input or output is no sequence, map or optional value."""
    kind = value.first(2)  # left out where it follows from the graph
    return kind is None or kind.first(1) is not None


class Weight:
    """An initializer: its name and size, and where its data is."""

    def __init__(self) -> None:
        self.name = ""
        self.dims: list[int] = []
        self.dtype = 0
        self.raw: int | None = None
        self.outside = False
        self.entries: dict[str, str] = {}

    @classmethod
    def read(cls, tensor: Message) -> Weight:
        """Return the weight; its data is skipped."""
        weight = cls()
        for number, value in tensor.fields():
            weight._take(number, value)
        weight._check()
        return weight

    def _take(self, number: int, value: int | Message) -> None:
        if number == 1:
            many = [value] if isinstance(value, int) else value.as_numbers()
            self.dims += map(signed, many)
        elif number == 2 and isinstance(value, int):
            self.dtype = value
        elif number == 8:
            self.name = message(value).as_text()
        elif number == 9:
            self.raw = len(message(value))
        elif number == 13:
            entry = message(value)
            self.entries[entry.text(1)] = entry.text(2)
        elif number == 14:
            self.outside = value == EXTERNAL

    @property
    def elements(self) -> int:
        """How many numbers the weight has."""
        return count(self.dims)

    @property
    def size(self) -> int:
        """How many bytes its data takes."""
        return -(-self.elements * DTYPES.get(self.dtype, ("", 0))[1] // 8)

    def _check(self) -> None:
        if self.raw is not None and not self.outside and self.raw != self.size:
            raise MalformedError(
                f"the weight {self.name!r} is said to take {self.size:,} bytes and "
                f"takes {self.raw:,}"
            )


class Inside:
    """What is in graphs and functions: operators and weights, at any depth."""

    def __init__(self) -> None:
        self.operators: Counter[str] = Counter()
        self.weights: list[Weight] = []
        self.parameters = 0

    def add_graph(self, graph: Message) -> set[str]:
        """Add what is in a graph; return the names of its own weights."""
        own = set()
        for number, value in graph.fields():
            if number == 1:
                self._add_node(message(value))
            elif number in (5, 15):
                own.add(self._add_weight(message(value), sparse=number == 15))
        return own

    def add_function(self, function: Message) -> None:
        """Add what is in a function, and in the defaults of its attributes."""
        for number, value in function.fields():
            if number == 7:
                self._add_node(message(value))
            elif number == 11:
                self._add_attribute(message(value))

    def _add_node(self, node: Message) -> None:
        name, domain = "", ""
        for number, value in node.fields():
            if number == 4:
                name = message(value).as_text()
            elif number == 7:
                domain = message(value).as_text()
            elif number == 5:
                self._add_attribute(message(value))
        self.operators[qualified(name, domain)] += 1

    def _add_attribute(self, attribute: Message) -> None:
        for number, value in attribute.fields():
            if number in (6, 11):
                self.add_graph(message(value))
            elif number in (5, 10, 22, 23):
                self._add_weight(message(value), sparse=number > 20)

    def _add_weight(self, found: Message, sparse: bool) -> str:
        """Add a tensor, of a sparse one its values and their places; return its name.

        What holds no tensor has an empty one.
        """
        parts = [*found.every(1), *found.every(2)] if sparse else [found]
        weights = [Weight.read(part) for part in parts]
        self.weights += weights
        self.parameters += sum(weight.elements for weight in weights[:1])
        return weights[0].name if weights else ""


def external_files(weights: list[Weight], folder: Path) -> dict[str, int]:
    """Return the sizes of the files that hold weights; they must hold all of them."""
    sizes: dict[str, int] = {}
    for weight in weights:
        if not weight.outside:
            continue
        location = weight.entries.get("location", "")
        if location not in sizes:
            sizes[location] = external_file(location, folder).stat().st_size
        try:
            start = int(weight.entries.get("offset") or 0)
            length = int(weight.entries.get("length") or weight.size)
        except ValueError as error:
            raise MalformedError("the place of a weight is not a number") from error
        if start < 0 or length < weight.size or start + length > sizes[location]:
            raise MalformedError(f"{location} does not hold the weight {weight.name!r}")
    return sizes


def external_file(location: str, folder: Path) -> Path:
    """Return the file of weights, which must be in the model's folder or below it."""
    parts = PurePosixPath(location)
    # Of a hidden folder, none of the files is part of a model.
    hidden = any(part.startswith(".") for part in parts.parts)
    outside = parts.is_absolute() or hidden or ":" in location or "\\" in location
    if not parts.parts or outside or "\0" in location:
        raise MalformedError(f"its weights are outside of its folder, at {location!r}")
    file = folder / parts
    if not os.path.realpath(file).startswith(os.path.realpath(folder) + os.sep):
        raise MalformedError(f"its weights are outside of its folder, at {location!r}")
    if not file.is_file():
        raise MalformedError(f"the file of its weights, {location!r}, is not beside it")
    return file
