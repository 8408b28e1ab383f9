"""TensorFlow's SavedModel folders, from their `saved_model.pb`."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dlscaffold.models.bytes.bounds import MalformedError
from dlscaffold.models.bytes.protobuf import Message
from dlscaffold.models.bytes.window import opened
from dlscaffold.models.description import Contents, Shape, Signature, Source, Tensor
from dlscaffold.models.kinds import SAVED_MODEL_FILE
from dlscaffold.models.schemas import Schema
from dlscaffold.models.values import as_shape, count

pb = Schema("tensorflow")

REFERENCE = 100  # is added to a DataType for a reference to such a tensor
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
    info = served.child(pb.MetaGraphDef.meta_info_def)
    groups = groups_of(served.child(pb.MetaGraphDef.graph_def))
    called = dict(entries(served, pb.MetaGraphDef.signature_def))
    found = tuple(signatures(called))
    everything = Counter(node.operator for nodes in groups.values() for node in nodes)
    by_default = called.get(SERVING, Message(b"", 0, 0))
    gives = entries(by_default, pb.SignatureDef.outputs)
    served_by = (producer(info.text(pb.TensorInfo.name)) for _, info in gives)
    access = ", ".join(name for name in FILE_ACCESS if name in everything)
    executed = Counter(node.operator for node in needed(served_by, groups))
    return Contents(
        signatures=found,
        writer="tensorflow",
        version=info.text(pb.MetaInfoDef.tensorflow_version) or None,
        parameters=parameters(served),
        # What only restores variables, or serves other signatures, does not count.
        operators=executed or everything,
        notes=(f"reads or writes files when it is called ({access})",)
        if access
        else (),
        obstacles=tuple(obstacles(found, everything)),
    )


def served_graph(saved: Message) -> Message:
    """Return the MetaGraphDef that is served, of those in the folder."""
    graphs = list(saved.every(pb.SavedModel.meta_graphs))
    for graph in graphs:
        tags = graph.child(pb.MetaGraphDef.meta_info_def).every(pb.MetaInfoDef.tags)
        if SERVE_TAG in [tag.as_text() for tag in tags]:
            return graph
    if not graphs:
        raise MalformedError("it holds no graph")
    return graphs[0]


def entries(parent: Message, field: int) -> Iterator[tuple[str, Message]]:
    """Yield the keys and values of a map."""
    for entry in parent.every(field):
        yield (
            entry.text(pb.SignatureDefEntry.key),
            entry.child(pb.SignatureDefEntry.value),
        )


def signatures(called: dict[str, Message]) -> Iterator[Signature]:
    """Yield the signatures, the one that is served by default first."""
    for name in sorted(called, key=lambda name: (name != SERVING, name)):
        if name not in INTERNAL and len(called[name]):
            inputs, outputs = (
                tuple(tensors(called[name], side))
                for side in (pb.SignatureDef.inputs, pb.SignatureDef.outputs)
            )
            yield Signature(name, inputs, outputs)


def tensors(signature: Message, side: int) -> Iterator[Tensor]:
    """Yield the inputs or outputs, by name."""
    for name, info in sorted(entries(signature, side), key=lambda entry: entry[0]):
        dtype = pb.DataType.name_of(info.number(pb.TensorInfo.dtype) % REFERENCE)
        yield Tensor(name, dtype, shape(info.first(pb.TensorInfo.tensor_shape)))


def shape(found: Message | None) -> Shape | None:
    """Return the sizes of a TensorShapeProto, or None where the rank is unknown."""
    if found is None or found.number(pb.TensorShapeProto.unknown_rank):
        return None
    sizes = found.every(pb.TensorShapeProto.dim)
    return as_shape(size.number(pb.Dim.size) for size in sizes)


def producer(tensor: str) -> str:
    """Return the name of the node that a tensor, or the wait for one, comes from."""
    return tensor.removeprefix("^").partition(":")[0]


class Node(NamedTuple):
    """A node of a graph or of a function, with the names of the groups it needs."""

    operator: str
    needs: list[str]


def groups_of(graph: Message) -> dict[str, list[Node]]:
    """Return the nodes of a GraphDef, and of its functions, by what refers to them.

    Each node is a group of its name; those of a function are one, called `name()`.
    """
    groups: dict[str, list[Node]] = {}
    for node in graph.every(pb.GraphDef.node):
        inputs = (producer(one.as_text()) for one in node.every(pb.NodeDef.input))
        found = Node(node.text(pb.NodeDef.op), [*inputs, *called_by(node)])
        groups.setdefault(node.text(pb.NodeDef.name), []).append(found)
    library = graph.child(pb.GraphDef.library)
    for function in library.every(pb.FunctionDefLibrary.function):
        name = function.child(pb.FunctionDef.signature).text(pb.OpDef.name)
        groups.setdefault(f"{name}()", []).extend(
            Node(node.text(pb.NodeDef.op), list(called_by(node)))
            for node in function.every(pb.FunctionDef.node_def)
        )
    return groups


def called_by(node: Message) -> Iterator[str]:
    """Yield the groups of the functions that a node calls: as operator or attribute."""
    yield f"{node.text(pb.NodeDef.op)}()"
    for entry in node.every(pb.NodeDef.attr):
        attribute = entry.child(pb.SignatureDefEntry.value)
        one = attribute.every(pb.AttrValue.func)
        several = attribute.child(pb.AttrValue.list).every(pb.ListValue.func)
        for function in (*one, *several):
            yield f"{function.text(pb.NameAttrList.name)}()"


def needed(names: Iterable[str], groups: dict[str, list[Node]]) -> Iterator[Node]:
    """Yield the nodes of the named groups, and of those that they need."""
    waiting, seen = list(names), set()
    while waiting:
        if (name := waiting.pop()) in groups and name not in seen:
            seen.add(name)
            for node in groups[name]:
                yield node
                waiting += node.needs


def parameters(graph: Message) -> int | None:
    """Return the number of stored weights, or None where no objects are saved."""
    objects = graph.first(pb.MetaGraphDef.object_graph_def)
    if objects is None:
        return None
    nodes = objects.every(pb.SavedObjectGraph.nodes)
    variables = (node.first(pb.SavedObject.variable) for node in nodes)
    shapes = (shape(one.first(pb.SavedVariable.shape)) for one in variables if one)
    return sum(count(sizes) for sizes in shapes if sizes and None not in sizes)


def obstacles(found: tuple[Signature, ...], operators: Counter[str]) -> Iterator[str]:
    """Yield why no server can call the model."""
    if calls := [name for name in PYTHON_CALLS if name in operators]:
        yield f"it calls Python ({', '.join(calls)}), which is not in the file"
    if SERVING not in [signature.name for signature in found]:
        yield f"it has no signature called {SERVING}: save it with one"
