"""LiteRT (TensorFlow Lite) models."""

from collections import Counter
from collections.abc import Iterator, Sequence
from io import BytesIO

from dlscaffold.models.bytes.bounds import MalformedError
from dlscaffold.models.bytes.flatbuffer import Table, root
from dlscaffold.models.bytes.window import Window, opened
from dlscaffold.models.description import Contents, Signature, Source, Tensor
from dlscaffold.models.schemas import Schema
from dlscaffold.models.values import as_shape, count

fb = Schema("litert")

CUSTOM = "custom."  # before the name of an operator that is not built in
SIGNATURES = "it has {} signatures where exactly one is needed: convert it with one"
LONGEST = 10_000  # bytes of metadata that are read
RUNTIME = "min_runtime_version"
CONVERSION = "CONVERSION_METADATA"


def read(source: Source) -> Contents:
    """Return what the model says; its weights are not read."""
    with opened(source.path) as buffer:
        return contents_of(root(buffer), source.operators)


def contents_of(model: Table, names: Sequence[str]) -> Contents:
    """Return the contents of a model, given the built-in operators' names."""
    graphs = list(model.tables(fb.Model.subgraphs))
    if not graphs:
        raise MalformedError("it holds no graph")
    codes = [operator(code, names) for code in model.tables(fb.Model.operator_codes)]
    signatures = list(named_signatures(model, graphs))
    operators = Counter(used(graphs, codes))
    stored = dict(metadata(model))
    version = None
    if data := stored.get(CONVERSION):
        conversion = root(Window(BytesIO(data)))
        made_in = conversion.table(fb.ConversionMetadata.environment)
        version = made_in.text(fb.Environment.tensorflow_version) if made_in else None
    runtime = stored.get(RUNTIME, b"").split(b"\0")[0].decode("ascii", "replace")
    return Contents(
        signatures=tuple(signatures or [plain_signature(graphs[0])]),
        writer="tensorflow" if version else None,
        version=version or None,
        parameters=sum(parameters(model, graph) for graph in graphs),
        operators=operators,
        custom_operators=frozenset(
            one.removeprefix(CUSTOM) for one in operators if one not in names
        ),
        notes=(f"needs runtime {runtime} or newer",) if runtime else (),
        obstacles=() if len(signatures) == 1 else (SIGNATURES.format(len(signatures)),),
    )


def named_signatures(model: Table, graphs: list[Table]) -> Iterator[Signature]:
    """Yield the signatures, which newer files have."""
    for one in model.tables(fb.Model.signature_defs):
        number = one.uint32(fb.SignatureDef.subgraph_index)
        if number >= len(graphs):
            raise MalformedError("a signature refers to a graph that is not there")
        graph = graphs[number]
        inputs, outputs = (
            tuple(
                tensor(
                    graph,
                    entry.uint32(fb.TensorMap.tensor_index),
                    entry.text(fb.TensorMap.name),
                )
                for entry in one.tables(side)
            )
            for side in (fb.SignatureDef.inputs, fb.SignatureDef.outputs)
        )
        yield Signature(one.text(fb.SignatureDef.signature_key), inputs, outputs)


def plain_signature(graph: Table) -> Signature:
    """Return the inputs and outputs of a graph that has no signature."""
    inputs, outputs = (
        tuple(tensor(graph, index) for index in graph.int32s(side))
        for side in (fb.SubGraph.inputs, fb.SubGraph.outputs)
    )
    return Signature(graph.text(fb.SubGraph.name) or "main", inputs, outputs)


def tensor(graph: Table, index: int, name: str = "") -> Tensor:
    """Return a tensor of the graph, under the name that a signature gives it."""
    found = graph.table_at(fb.SubGraph.tensors, index)
    free = list(found.int32s(fb.Tensor.shape_signature))  # with -1 where it can change
    dtype = fb.TensorType.name_of(found.uint8(fb.Tensor.type))
    sizes = as_shape(free or found.int32s(fb.Tensor.shape))
    return Tensor(name or found.text(fb.Tensor.name), dtype, sizes)


def operator(code: Table, names: Sequence[str]) -> str:
    """Return the name of a kind of operator."""
    number = max(
        code.int32(fb.OperatorCode.builtin_code),
        code.int8(fb.OperatorCode.deprecated_builtin_code),
    )
    if number == fb.BuiltinOperator.CUSTOM:
        return CUSTOM + code.text(fb.OperatorCode.custom_code)
    return names[number] if 0 <= number < len(names) else f"operator {number}"


def used(graphs: list[Table], codes: list[str]) -> Iterator[str]:
    """Yield the name of each operator in the graphs."""
    for graph in graphs:
        for one in graph.tables(fb.SubGraph.operators):
            number = one.uint32(fb.Operator.opcode_index)
            if number >= len(codes):
                raise MalformedError("an operator in it is of no kind")
            yield codes[number]


def parameters(model: Table, graph: Table) -> int:
    """Return the number of weights: of elements that have data."""
    total = 0
    for found in graph.tables(fb.SubGraph.tensors):
        number = found.uint32(fb.Tensor.buffer)
        if number and model.table_at(fb.Model.buffers, number).length(fb.Buffer.data):
            total += count(found.int32s(fb.Tensor.shape))
    return total


def metadata(model: Table) -> Iterator[tuple[str, bytes]]:
    """Yield what of the metadata is used, by name."""
    for entry in model.tables(fb.Model.metadata):
        if (name := entry.text(fb.Metadata.name)) in (RUNTIME, CONVERSION):
            buffer = model.table_at(fb.Model.buffers, entry.uint32(fb.Metadata.buffer))
            yield name, buffer.data(fb.Buffer.data, LONGEST)
