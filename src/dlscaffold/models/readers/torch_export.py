"""Programs that `torch.export` wrote, from the JSON in their archives."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from dlscaffold.errors import listed
from dlscaffold.models.bytes.zip_archive import opened
from dlscaffold.models.description import (
    Contents,
    Dimension,
    Shape,
    Signature,
    Source,
    Tensor,
    distinct,
)
from dlscaffold.models.kinds import FILES
from dlscaffold.models.schemas import Schema
from dlscaffold.models.values import (
    as_dict,
    as_dimension,
    as_list,
    as_name,
    as_shape,
    count,
    dict_at,
    parse_json,
)

LARGEST_PROGRAM = 32 << 20  # bytes; a node takes two thousand, for where it is from
# Free dimensions are written as SymPy prints them.
SYMBOL = re.compile(r"Symbol\('(\w+)'[^()]*\)")
TIMES = re.compile(r"Mul\(Integer\((\d+)\), (\w+)\)")
INFINITE = 1 << 62  # older versions write such a number for no limit
INPUT, OUTPUT = "user_input", "user_output"
TENSOR = "as_tensor"
NO_TENSOR = "it takes or gives {}, no tensor: export it with tensors only"
# Other fields of an argument, of which each holds one value.
SCALARS = {
    "as_int": "int64",
    "as_float": "float64",
    "as_bool": "bool",
    "as_string": "string",
    "as_sym_int": "int64",
}
schema = Schema("torch_export")

Json = dict[str, Any]


def read(source: Source) -> Contents:
    """Return what the archive's JSON says; tensors and pickles in it are not read."""
    with opened(source.path) as archive:
        # There is one, as a file is known as such a program by it.
        kind = next(one for one in FILES if one.name == "torch-export")
        found = next(filter(kind.is_member, archive.members))
        program = parse_json(archive.read_member(found, LARGEST_PROGRAM))
    graph = dict_at(program, "graph_module", "graph")
    signature = dict_at(program, "graph_module", "signature")
    tensors = dict_at(graph, "tensor_values")
    specs = as_list(signature.get("input_specs"), "inputs")
    takes = list(arguments(specs, INPUT))
    gives = list(arguments(as_list(signature.get("output_specs"), "outputs"), OUTPUT))
    limits = largest(as_dict(program.get("range_constraints") or {}, "ranges"))
    inputs = [bounded(one, limits) for one in values(takes, "input", tensors)]
    outputs = distinct(values(gives, "output", tensors), inputs)
    others = {key for one in (*takes, *gives) if TENSOR not in one for key in one}
    odd = sorted(as_name(key, "argument").removeprefix("as_") for key in others)
    version = program.get("torch_version")
    return Contents(
        signatures=(Signature("forward", tuple(inputs), tuple(outputs)),),
        writer="pytorch",
        version=as_name(version, "version of PyTorch") if version else None,
        parameters=sum(weights(specs, tensors)),
        operators=Counter(operators(as_list(graph.get("nodes"), "nodes"))),
        obstacles=(NO_TENSOR.format(listed(odd)),) if odd else (),
    )


def arguments(specs: list[Any], kind: str) -> Iterator[Json]:
    """Yield the inputs or outputs that a caller sees, as they are written."""
    for spec in specs:
        if (own := as_dict(spec, "specification").get(kind)) is not None:
            yield dict_at(own, "arg")


def values(arguments: list[Json], side: str, tensors: Json) -> Iterator[Tensor]:
    """Yield inputs or outputs; what is no tensor is a scalar without a name."""
    for place, argument in enumerate(arguments):
        found = argument.get(TENSOR)
        if found is None:
            dtype = next((SCALARS[key] for key in argument if key in SCALARS), None)
            yield Tensor(f"{side}_{place}", dtype, () if dtype else None)
        else:
            name = as_name(as_dict(found, "tensor").get("name"), "tensor")
            meta = as_dict(tensors.get(name), "tensor")
            dtype = schema.ScalarType.name_of(meta.get("dtype"))
            yield Tensor(name, dtype, shape(meta))


def largest(ranges: Json) -> dict[str, int]:
    """Return the largest sizes of the free dimensions that have one, by their names."""
    found = ((name, as_dict(one, "range")) for name, one in ranges.items())
    sizes = ((name, one.get("max_val")) for name, one in found)
    return {
        name: most for name, most in sizes if type(most) is int and 0 < most < INFINITE
    }


def bounded(tensor: Tensor, limits: dict[str, int]) -> Tensor:
    """Return a tensor with the largest sizes of its dimensions, if any has one."""
    shape = tensor.shape or ()
    most = tuple(limits.get(size) if isinstance(size, str) else None for size in shape)
    return replace(tensor, most=most) if any(most) else tensor


def shape(meta: Json) -> Shape:
    """Return the sizes that a tensor's description has."""
    return as_shape(map(size, as_list(meta.get("sizes"), "shape")))


def size(value: Any) -> Dimension:
    """Return one size; a free one is named after its symbol."""
    found = as_dict(value, "dimension")
    if "as_int" in found:
        return as_dimension(found["as_int"])
    expression = as_name(dict_at(found, "as_expr").get("expr_str"), "dimension")
    return TIMES.sub(r"\1*\2", SYMBOL.sub(r"\1", expression))


def weights(specs: list[Any], tensors: Json) -> Iterator[int]:
    """Yield the size of each parameter and of each buffer that is saved."""
    for kind in ("parameter", "buffer"):
        for argument in arguments(specs, kind):
            name = as_name(argument.get("name"), "weight")
            yield count(shape(as_dict(tensors.get(name), "weight")))


def operators(nodes: list[Any]) -> Iterator[str]:
    """Yield the operator of each node, without the folder that all are in."""
    for node in nodes:
        target = as_name(as_dict(node, "node").get("target"), "operator")
        yield target.removeprefix("torch.ops.")
