"""Programs that `torch.export` wrote, from the JSON in their archives."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeGuard

from dlscaffold.models.archive import Archive, opened
from dlscaffold.models.description import (
    Contents,
    Dimension,
    Signature,
    Tensor,
    distinct,
)
from dlscaffold.models.source import Source
from dlscaffold.models.values import (
    MalformedError,
    as_dict,
    as_dimension,
    as_list,
    as_name,
    as_shape,
    count,
    listed,
    parse_json,
)

MODEL = re.compile(r"(?:[^/]+/)?(?:models/[^/]+|serialized_exported_program)\.json")
LARGEST_PROGRAM = 32 << 20  # bytes; a node takes two thousand, for where it is from
# Free dimensions are written as SymPy prints them.
SYMBOL = re.compile(r"Symbol\('(\w+)'[^()]*\)")
TIMES = re.compile(r"Mul\(Integer\((\d+)\), (\w+)\)")
INFINITE = 1 << 62

# ScalarType in torch/_export/serde/schema.py.
DTYPES = {
    1: "uint8",
    2: "int8",
    3: "int16",
    4: "int32",
    5: "int64",
    6: "float16",
    7: "float32",
    8: "float64",
    9: "complex32",
    10: "complex64",
    11: "complex128",
    12: "bool",
    13: "bfloat16",
    28: "uint16",
    29: "float8_e4m3fn",
    30: "float8_e5m2",
    31: "float8_e4m3fnuz",
    32: "float8_e5m2fnuz",
    34: "uint32",
    35: "uint64",
}
SCALARS = {
    "as_int": "int64",
    "as_float": "float64",
    "as_bool": "bool",
    "as_string": "string",
    "as_sym_int": "int64",
}


def read(source: Source) -> Contents:
    """Return what the archive's JSON says; tensors and pickles in it are not read."""
    with opened(source.path) as archive:
        member = model_member(archive)
        return describe(parse_json(archive.read_member(member, LARGEST_PROGRAM)))


def model_member(archive: Archive) -> str:
    """Return the member that holds the program."""
    found = [name for name in archive.members if MODEL.fullmatch(name)]
    if not found:
        raise MalformedError("it holds no program")
    return found[0]


def describe(program: dict[str, Any]) -> Contents:
    """Return the contents of a serialized program."""
    module = as_dict(program.get("graph_module"), "module")
    graph = as_dict(module.get("graph"), "graph")
    signature = as_dict(module.get("signature"), "signature")
    tensors = as_dict(graph.get("tensor_values"), "tensors")
    inputs = as_list(signature.get("input_specs"), "inputs")
    outputs = as_list(signature.get("output_specs"), "outputs")
    limits = largest(as_dict(program.get("range_constraints") or {}, "ranges"))
    takes = [bounded(one, limits) for one in values(inputs, "user_input", tensors)]
    gives = values(outputs, "user_output", tensors)
    version = program.get("torch_version")
    return Contents(
        signatures=(Signature("forward", (*takes,), (*distinct(gives, takes),)),),
        writer="pytorch",
        version=as_name(version, "version of PyTorch") if version else None,
        parameters=sum(weights(inputs, tensors)),
        operators=Counter(operators(as_list(graph.get("nodes"), "nodes"))),
        obstacles=tuple(obstacles(inputs, outputs)),
    )


def obstacles(inputs: list[Any], outputs: list[Any]) -> Iterator[str]:
    """Yield that the program takes or gives more than tensors."""
    odd = (
        *(one for one in arguments(inputs, "user_input") if "as_tensor" not in one),
        *(one for one in arguments(outputs, "user_output") if "as_tensor" not in one),
    )
    names = {as_name(key, "argument").removeprefix("as_") for one in odd for key in one}
    if names:
        odd_ones = listed(names)
        yield f"it takes or gives {odd_ones}, no tensor: export it with tensors alone"


def largest(ranges: dict[str, Any]) -> dict[str, int]:
    """Return the largest sizes of the free dimensions that have one, by their names."""
    found = {name: as_dict(one, "range").get("max_val") for name, one in ranges.items()}
    return {name: most for name, most in found.items() if is_bound(most)}


def is_bound(most: Any) -> TypeGuard[int]:
    """Whether it is a number, and not what older versions write for infinity."""
    return isinstance(most, int) and not isinstance(most, bool) and 0 < most < INFINITE


def bounded(tensor: Tensor, limits: dict[str, int]) -> Tensor:
    """Return a tensor with the largest sizes of its dimensions, if any has one."""
    most = tuple(
        limits.get(size) if isinstance(size, str) else None
        for size in tensor.shape or ()
    )
    return replace(tensor, most=most) if any(most) else tensor


def values(specs: list[Any], kind: str, tensors: dict[str, Any]) -> Iterator[Tensor]:
    """Yield the inputs or outputs that a caller sees."""
    for place, argument in enumerate(arguments(specs, kind)):
        yield tensor(argument, tensors, f"{kind.removeprefix('user_')}_{place}")


def arguments(specs: list[Any], kind: str) -> Iterator[dict[str, Any]]:
    """Yield what of the inputs or outputs a caller sees, as it is written."""
    for spec in specs:
        if (own := as_dict(spec, "specification").get(kind)) is not None:
            yield as_dict(as_dict(own, "specification").get("arg"), "argument")


def tensor(argument: dict[str, Any], tensors: dict[str, Any], otherwise: str) -> Tensor:
    """Return one argument; what is no tensor is a scalar."""
    found = argument.get("as_tensor")
    if found is None:
        dtype = next((SCALARS[key] for key in argument if key in SCALARS), None)
        return Tensor(otherwise, dtype, () if dtype else None)
    name = as_name(as_dict(found, "tensor").get("name"), "tensor")
    meta = as_dict(tensors.get(name), "tensor")
    return Tensor(name, dtype_of(meta), shape(meta))


def dtype_of(meta: dict[str, Any]) -> str | None:
    """Return the dtype that a tensor's description has."""
    number = meta.get("dtype")
    return DTYPES.get(number) if isinstance(number, int) else None


def shape(meta: dict[str, Any]) -> tuple[Dimension, ...]:
    """Return the sizes that a tensor's description has."""
    return as_shape(map(size, as_list(meta.get("sizes"), "shape")))


def size(value: Any) -> Dimension:
    """Return one size; a free one is named after its symbol."""
    found = as_dict(value, "dimension")
    if "as_int" in found:
        return as_dimension(found["as_int"])
    expression = as_dict(found.get("as_expr"), "dimension").get("expr_str")
    return TIMES.sub(r"\1*\2", SYMBOL.sub(r"\1", as_name(expression, "dimension")))


def weights(specs: list[Any], tensors: dict[str, Any]) -> Iterator[int]:
    """Yield the size of each parameter and of each buffer that is saved."""
    for spec in specs:
        for kind in ("parameter", "buffer"):
            own = as_dict(spec, "specification").get(kind)
            if own is not None:
                argument = as_dict(as_dict(own, "weight").get("arg"), "weight")
                name = as_name(argument.get("name"), "weight")
                yield count(shape(as_dict(tensors.get(name), "weight")))


def operators(nodes: list[Any]) -> Iterator[str]:
    """Yield the operator of each node, without the folder that all are in."""
    for node in nodes:
        target = as_name(as_dict(node, "node").get("target"), "operator")
        yield target.removeprefix("torch.ops.")
