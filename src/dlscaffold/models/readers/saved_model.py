"""TensorFlow's SavedModel folders, from their `saved_model.pb`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from dlscaffold.models.bytes.bounds import MalformedError
from dlscaffold.models.bytes.protobuf import Message
from dlscaffold.models.bytes.window import opened
from dlscaffold.models.description import (
    Contents,
    Dimension,
    Signature,
    Source,
    Tensor,
)
from dlscaffold.models.kinds import SAVED_MODEL_FILE
from dlscaffold.models.schemas import tensorflow as pb
from dlscaffold.models.values import as_shape, count

SERVING = "serving_default"
SERVE_TAG = "serve"
# Signatures that restore variables; nobody calls them.
INTERNAL = ("__saved_model_init_op", "__saved_model_train_op")
# Operators that call Python in the process that made the model, and nowhere else.
PYTHON_CALLS = ("PyFunc", "PyFuncStateless", "EagerPyFunc")
FILE_ACCESS = ("ReadFile", "WriteFile", "MatchingFiles")


def read(source: Source) -> Contents:
    """Return what the folder says; its variables are not read."""
    with opened(source.path / SAVED_MODEL_FILE) as buffer:
        return contents_of(Message(buffer, 0, len(buffer)))


def contents_of(saved: Message) -> Contents:
    """Return the contents of a SavedModel message."""
    served = served_graph(saved)
    info = served.child(pb.META_GRAPH.meta_info_def)
    graph = Graph(served.child(pb.META_GRAPH.graph_def))
    called = dict(entries(served, pb.META_GRAPH.signature_def))
    found = tuple(signatures(called))
    everything = Counter(node.operator for node in graph.every_node)
    return Contents(
        signatures=found,
        writer="tensorflow",
        version=info.text(pb.META_INFO.tensorflow_version) or None,
        parameters=parameters(served),
        # What only restores variables, or serves other signatures, does not count.
        operators=Counter(graph.operators(outputs_of(called))) or everything,
        notes=tuple(notes(everything)),
        obstacles=tuple(obstacles(found, everything)),
    )


def served_graph(saved: Message) -> Message:
    """Return the MetaGraphDef that is served, of those in the folder."""
    graphs = list(saved.every(pb.SAVED_MODEL.meta_graphs))
    for graph in graphs:
        tags = graph.child(pb.META_GRAPH.meta_info_def).every(pb.META_INFO.tags)
        if SERVE_TAG in [tag.as_text() for tag in tags]:
            return graph
    if not graphs:
        raise MalformedError("it holds no graph")
    return graphs[0]


def entries(parent: Message, field: int) -> Iterator[tuple[str, Message]]:
    """Yield the keys and values of a map."""
    for entry in parent.every(field):
        yield entry.text(pb.ENTRY.key), entry.child(pb.ENTRY.value)


def signatures(called: dict[str, Message]) -> Iterator[Signature]:
    """Yield the signatures, the one that is served by default first."""
    for name in sorted(called, key=lambda name: (name != SERVING, name)):
        if name not in INTERNAL and len(called[name]):
            inputs, outputs = (
                tuple(tensors(called[name], side))
                for side in (pb.SIGNATURE.inputs, pb.SIGNATURE.outputs)
            )
            yield Signature(name, inputs, outputs)


def tensors(signature: Message, side: int) -> Iterator[Tensor]:
    """Yield the inputs or outputs, by name."""
    for name, info in sorted(entries(signature, side), key=lambda entry: entry[0]):
        dtype = pb.DTYPES.get(info.number(pb.TENSOR_INFO.dtype) % pb.REFERENCE)
        yield Tensor(name, dtype, shape(info.first(pb.TENSOR_INFO.tensor_shape)))


def shape(found: Message | None) -> tuple[Dimension, ...] | None:
    """Return the sizes of a TensorShapeProto, or None where the rank is unknown."""
    if found is None or found.number(pb.SHAPE.unknown_rank):
        return None
    sizes = found.every(pb.SHAPE.dim)
    return as_shape(size.number(pb.DIMENSION.size) for size in sizes)


def outputs_of(called: dict[str, Message]) -> Iterator[str]:
    """Yield the nodes that the outputs of the served signature come from."""
    if SERVING in called:
        for _, info in entries(called[SERVING], pb.SIGNATURE.outputs):
            yield producer(info.text(pb.TENSOR_INFO.name))


def producer(tensor: str) -> str:
    """Return the name of the node that a tensor, or the wait for one, comes from."""
    return tensor.removeprefix("^").partition(":")[0]


class Node(NamedTuple):
    """A node of a graph; its operator can be a function's name, too."""

    name: str
    operator: str
    inputs: list[str]
    functions: list[str]


def node_of(node: Message) -> Node:
    """Return the node that a NodeDef is."""
    operator = node.text(pb.NODE.op)
    inputs = [producer(one.as_text()) for one in node.every(pb.NODE.input)]
    functions = [operator]
    for entry in node.every(pb.NODE.attr):
        attribute = entry.child(pb.ENTRY.value)
        named = attribute.child(pb.ATTRIBUTE.list).every(pb.LIST.func)
        for one in (*attribute.every(pb.ATTRIBUTE.func), *named):
            functions.append(one.text(pb.NAME_ATTRIBUTES.name))
    return Node(node.text(pb.NODE.name), operator, inputs, functions)


class Graph:
    """The nodes of a GraphDef and of the functions in its library."""

    def __init__(self, definition: Message) -> None:
        self._nodes = [node_of(node) for node in definition.every(pb.GRAPH.node)]
        self._functions: dict[str, list[Node]] = {}
        for function in definition.child(pb.GRAPH.library).every(pb.LIBRARY.function):
            name = function.child(pb.FUNCTION.signature).text(pb.OPERATOR.name)
            nodes = map(node_of, function.every(pb.FUNCTION.node_def))
            self._functions.setdefault(name, []).extend(nodes)

    @property
    def every_node(self) -> Iterator[Node]:
        """The nodes of the graph and of its functions."""
        yield from self._nodes
        for nodes in self._functions.values():
            yield from nodes

    def operators(self, outputs: Iterable[str]) -> Iterator[str]:
        """Yield the operator of each node that is needed for the outputs of nodes."""
        by_name = {node.name: [node] for node in self._nodes}
        needed = reachable(outputs, by_name, lambda node: node.inputs)
        called = [name for node in needed for name in node.functions]
        inner = reachable(called, self._functions, lambda node: node.functions)
        yield from (node.operator for node in (*needed, *inner))


def reachable(
    names: Iterable[str],
    groups: dict[str, list[Node]],
    following: Callable[[Node], list[str]],
) -> list[Node]:
    """Return the nodes of the named groups, and of those that follow from them."""
    waiting, seen = list(names), set()
    found: list[Node] = []
    while waiting:
        if (name := waiting.pop()) in groups and name not in seen:
            seen.add(name)
            found += groups[name]
            waiting += [one for node in groups[name] for one in following(node)]
    return found


def parameters(graph: Message) -> int | None:
    """Return the number of stored weights, or None where no objects are saved."""
    objects = graph.first(pb.META_GRAPH.object_graph_def)
    if objects is None:
        return None
    nodes = objects.every(pb.OBJECT_GRAPH.nodes)
    variables = (node.first(pb.OBJECT.variable) for node in nodes)
    shapes = (shape(one.first(pb.VARIABLE.shape)) for one in variables if one)
    return sum(count(sizes) for sizes in shapes if sizes and None not in sizes)


def obstacles(found: tuple[Signature, ...], operators: Counter[str]) -> Iterator[str]:
    """Yield why no server can call the model."""
    if calls := [name for name in PYTHON_CALLS if name in operators]:
        yield f"it calls Python ({', '.join(calls)}), which is not in the file"
    if SERVING not in [signature.name for signature in found]:
        yield f"it has no signature called {SERVING}: save it with one"


def notes(operators: Counter[str]) -> Iterator[str]:
    """Yield what somebody who serves the model should know."""
    if access := [name for name in FILE_ACCESS if name in operators]:
        yield f"reads or writes files when it is called ({', '.join(access)})"
