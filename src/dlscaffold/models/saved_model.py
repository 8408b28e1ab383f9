"""TensorFlow's SavedModel folders, from their `saved_model.pb`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dlscaffold.models.description import Contents, Signature, Tensor
from dlscaffold.models.source import Source, opened
from dlscaffold.models.values import MalformedError, as_shape, count
from dlscaffold.models.wire import Message, message, signed

FILE = "saved_model.pb"
SERVING = "serving_default"
SERVE_TAG = "serve"
# Signatures that restore variables; nobody calls them.
INTERNAL = ("__saved_model_init_op", "__saved_model_train_op")
# Operators that call Python in the process that made the model, and nowhere else.
PYTHON_CALLS = ("PyFunc", "PyFuncStateless", "EagerPyFunc")
FILE_ACCESS = ("ReadFile", "WriteFile", "MatchingFiles")

# DataType in types.proto; 100 more stands for a reference to it.
DTYPES = {
    1: "float32",
    2: "float64",
    3: "int32",
    4: "uint8",
    5: "int16",
    6: "int8",
    7: "string",
    8: "complex64",
    9: "int64",
    10: "bool",
    11: "qint8",
    12: "quint8",
    13: "qint32",
    14: "bfloat16",
    15: "qint16",
    16: "quint16",
    17: "uint16",
    18: "complex128",
    19: "float16",
    20: "resource",
    21: "variant",
    22: "uint32",
    23: "uint64",
}


def read(source: Source) -> Contents:
    """Return what the folder says; its variables are not read."""
    with opened(source.path / FILE) as buffer:
        return describe(Message(buffer, 0, len(buffer)))


def describe(saved: Message) -> Contents:
    """Return the contents of a SavedModel message."""
    graph = serving_graph(saved)
    info = graph.first(1)
    everything = Counter(operator_names(graph))
    found = tuple(signatures(graph))
    return Contents(
        signatures=found,
        writer="tensorflow",
        version=(info.text(5) if info else "") or None,
        parameters=parameters(graph),
        # Those that restore variables, or that other signatures call, are not served.
        operators=Counter(served_operators(graph)) or everything,
        notes=tuple(notes(everything)),
        obstacles=tuple(obstacles(found, everything)),
    )


def serving_graph(saved: Message) -> Message:
    """Return the MetaGraphDef that is served, of those in the folder."""
    graphs = list(saved.every(2))
    for graph in graphs:
        info = graph.first(1)
        if info and SERVE_TAG in [tag.as_text() for tag in info.every(4)]:
            return graph
    if not graphs:
        raise MalformedError("it holds no graph")
    return graphs[0]


def signatures(graph: Message) -> Iterator[Signature]:
    """Yield the signatures, the one that is served by default first."""
    found = {}
    for entry in graph.every(5):
        signature = entry.first(2)
        if signature and (name := entry.text(1)) not in INTERNAL:
            inputs, outputs = tensors(signature, 1), tensors(signature, 2)
            found[name] = Signature(name, tuple(inputs), tuple(outputs))
    yield from sorted(found.values(), key=lambda one: (one.name != SERVING, one.name))


def tensors(signature: Message, place: int) -> Iterator[Tensor]:
    """Yield the inputs or outputs, by name."""
    for entry in sorted(signature.every(place), key=lambda one: one.text(1)):
        info = entry.first(2)
        dtype = DTYPES.get(info.number(2) % 100) if info else None
        yield Tensor(entry.text(1), dtype, shape(info.first(3)) if info else None)


def shape(found: Message | None) -> tuple[int | str | None, ...] | None:
    """Return the sizes of a TensorShapeProto, or None where the rank is unknown."""
    if found is None or found.number(3):
        return None
    return as_shape(signed(size.number(1)) for size in found.every(2))


def operator_names(graph: Message) -> Iterator[str]:
    """Yield the operator of each node of the graph and of its functions."""
    definition = graph.first(2)
    if definition is None:
        return
    for node in definition.every(1):
        yield node.text(2)
    library = definition.first(2)
    for function in library.every(1) if library else ():
        for node in function.every(3):
            yield node.text(2)


class Node:
    """A node of a graph: its operator, what it takes, and the functions it calls."""

    def __init__(self, found: Message) -> None:
        self.operator = ""
        self.inputs: list[str] = []
        self.functions: list[str] = []
        for number, value in found.fields():
            if number == 2:
                self.operator = message(value).as_text()
            elif number == 3:
                self.inputs.append(node_name(message(value).as_text()))
            elif number == 5 and (attribute := message(value).first(2)):
                self.functions += functions_in(attribute)


def functions_in(attribute: Message) -> Iterator[str]:
    """Yield the names of the functions that an attribute refers to."""
    for number, value in attribute.fields():
        if number == 10:
            yield message(value).text(1)
        elif number == 1:
            yield from (one.text(1) for one in message(value).every(9))


def node_name(tensor: str) -> str:
    """Return the name of the node that a tensor, or the wait for one, comes from."""
    return tensor.removeprefix("^").partition(":")[0]


def served_operators(graph: Message) -> Iterator[str]:
    """Yield the operator of each node that calling the served signature needs."""
    definition = graph.first(2)
    if definition is None:
        return
    nodes = {node.text(1): node for node in definition.every(1)}
    waiting, seen, called = list(served_nodes(graph)), set(), []
    while waiting:
        if (name := waiting.pop()) in nodes and name not in seen:
            seen.add(name)
            node = Node(nodes[name])
            yield node.operator
            waiting += node.inputs
            called += [node.operator, *node.functions]
    yield from called_operators(definition, called)


def served_nodes(graph: Message) -> Iterator[str]:
    """Yield the nodes that the outputs of the served signature come from."""
    for entry in graph.every(5):
        signature = entry.first(2)
        if signature and entry.text(1) == SERVING:
            outputs = (output.first(2) for output in signature.every(2))
            yield from (node_name(info.text(1)) for info in outputs if info)


def called_operators(definition: Message, called: list[str]) -> Iterator[str]:
    """Yield the operator of each node in functions, and in those that they call."""
    library = definition.first(2)
    functions = {}
    for function in library.every(1) if library else ():
        if signature := function.first(1):
            functions[signature.text(1)] = function
    seen = set()
    while called:
        if (name := called.pop()) in functions and name not in seen:
            seen.add(name)
            for node in map(Node, functions[name].every(3)):
                yield node.operator
                called += [node.operator, *node.functions]


def parameters(graph: Message) -> int | None:
    """Return the number of stored weights, or None where no objects are saved."""
    objects = graph.first(7)
    if objects is None:
        return None
    variables = (node.first(7) for node in objects.every(1))
    shapes = (shape(one.first(2)) for one in variables if one)
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
