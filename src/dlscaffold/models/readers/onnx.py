"""ONNX files, with weights inside or in files beside them."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from dlscaffold.errors import listed
from dlscaffold.models.bytes.bounds import MalformedError
from dlscaffold.models.bytes.protobuf import Message, message
from dlscaffold.models.bytes.window import opened
from dlscaffold.models.description import Contents, Dimension, Signature, Source, Tensor
from dlscaffold.models.readers.onnx_weights import (
    Weight,
    external_files,
    pb,
    read_weight,
)
from dlscaffold.models.values import as_shape

OWN = "ai.onnx"  # the domain of ONNX's own operators, which may be left out


def read(source: Source) -> Contents:
    """Return what the model says; weights are skipped, not read."""
    with opened(source.path) as buffer:
        return contents_of(Message(buffer, 0, len(buffer)), source.path.parent)


def contents_of(model: Message, folder: Path) -> Contents:
    """Return the contents of a ModelProto whose external data is in a folder."""
    graph = model.first(pb.ModelProto.graph)
    ir_version = model.number(pb.ModelProto.ir_version)
    if graph is None or not ir_version:
        raise MalformedError("it has no graph, or does not say which version of ONNX")
    inventory = Inventory()
    stored = inventory.add_graph(graph)
    inventory.add_functions(list(model.every(pb.ModelProto.functions)))
    inputs = list(graph.every(pb.GraphProto.input))
    outputs = list(graph.every(pb.GraphProto.output))
    takes = [one for one in map(tensor, inputs) if one.name not in stored]
    external = external_files(inventory.weights, folder)
    name, version = pb.OperatorSetIdProto.domain, pb.OperatorSetIdProto.version
    imports = model.every(pb.ModelProto.opset_import)
    opsets = [
        (f"opset {one.text(name) or OWN}", one.number(version)) for one in imports
    ]
    return Contents(
        signatures=(Signature("graph", tuple(takes), tuple(map(tensor, outputs))),),
        writer=model.text(pb.ModelProto.producer_name) or None,
        version=model.text(pb.ModelProto.producer_version) or None,
        parameters=inventory.parameters,
        operators=inventory.operators,
        custom_operators=frozenset(one for one in inventory.operators if "." in one),
        versions=(("IR version", ir_version), *opsets),
        notes=tuple(f"{name} {number}" for name, number in opsets),
        obstacles=tuple(obstacles([*inputs, *outputs], opsets)),
        external_size=sum(external.values()),
        external_files=tuple(external),
    )


def obstacles(values: list[Message], opsets: list[tuple[str, int]]) -> Iterator[str]:
    """Yield why no request can be made of the model, or no runtime loads it."""
    if not opsets:
        yield "it names no opset: export it again with one"
    others = (value for value in values if not is_tensor(value))
    if odd := [value.text(pb.ValueInfoProto.name) for value in others]:
        yield (
            f"{listed(sorted(odd))} is not a tensor: export it with tensors only "
            "(skl2onnx: zipmap=False)"
        )


def is_tensor(value: Message) -> bool:
    """Whether an input or output is no sequence, map or optional value."""
    # The type is left out where it follows from the graph.
    kind = value.first(pb.ValueInfoProto.type)
    return kind is None or kind.first(pb.TypeProto.tensor_type) is not None


def tensor(value: Message) -> Tensor:
    """Return an input or output of a graph."""
    name = value.text(pb.ValueInfoProto.name)
    found = value.child(pb.ValueInfoProto.type).first(pb.TypeProto.tensor_type)
    if found is None:
        return Tensor(name, None, None)
    dtype = pb.DataType.name_of(found.number(pb.Tensor.elem_type))
    shape = found.first(pb.Tensor.shape)
    if shape is None:  # that of a single value is there, and empty
        return Tensor(name, dtype, None)
    sizes = map(dimension, shape.every(pb.TensorShapeProto.dim))
    return Tensor(name, dtype, as_shape(sizes))


def dimension(size: Message) -> Dimension:
    """Return a size, the name of a free dimension, or None."""
    sizes = list(size.numbers(pb.Dimension.dim_value))
    return sizes[0] if sizes else size.text(pb.Dimension.dim_param) or None


def qualified(name: str, domain: str) -> str:
    """Return an operator's name, with its domain where that is not ONNX's own."""
    return f"{domain}.{name}" if domain not in ("", OWN) else name


class Inventory:
    """What is in graphs and functions: operators and weights, at any depth."""

    def __init__(self) -> None:
        self.operators: Counter[str] = Counter()
        self.weights: list[Weight] = []
        self.parameters = 0

    def add_graph(self, graph: Message) -> set[str]:
        """Add what is in a graph; return the names of its own weights."""
        own = set()
        for number, value in graph.fields():
            if number == pb.GraphProto.node:
                self._add_node(message(value))
            elif number == pb.GraphProto.initializer:
                own.add(self._add_weight(message(value)))
            elif number == pb.GraphProto.sparse_initializer:
                own.add(self._add_sparse(message(value)))
        return own

    def add_functions(self, functions: list[Message]) -> None:
        """Add what is in functions, instead of the operators that call them."""
        for function in functions:
            for node in function.every(pb.FunctionProto.node):
                self._add_node(node)
            for default in function.every(pb.FunctionProto.attribute_proto):
                self._add_attribute(default)
        for function in functions:
            domain = function.text(pb.FunctionProto.domain)
            name = qualified(function.text(pb.FunctionProto.name), domain)
            self.operators.pop(name, None)

    def _add_node(self, node: Message) -> None:
        domain = node.text(pb.NodeProto.domain)
        self.operators[qualified(node.text(pb.NodeProto.op_type), domain)] += 1
        for attribute in node.every(pb.NodeProto.attribute):
            self._add_attribute(attribute)

    def _add_attribute(self, attribute: Message) -> None:
        for graph in attribute.every(pb.AttributeProto.g, pb.AttributeProto.graphs):
            self.add_graph(graph)
        for tensor in attribute.every(pb.AttributeProto.t, pb.AttributeProto.tensors):
            self._add_weight(tensor)
        one, several = pb.AttributeProto.sparse_tensor, pb.AttributeProto.sparse_tensors
        for sparse in attribute.every(one, several):
            self._add_sparse(sparse)

    def _add_weight(self, tensor: Message) -> str:
        """Add a tensor and return its name."""
        weight = read_weight(tensor)
        self.weights.append(weight)
        self.parameters += weight.elements
        return weight.name

    def _add_sparse(self, sparse: Message) -> str:
        """Add a sparse tensor; only its values count, and have its name."""
        self.weights += map(read_weight, sparse.every(pb.SparseTensorProto.indices))
        values = sparse.every(pb.SparseTensorProto.values)
        names = [self._add_weight(one) for one in values]
        return names[0] if names else ""
