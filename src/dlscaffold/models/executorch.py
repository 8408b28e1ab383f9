"""ExecuTorch programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dlscaffold.models.description import Contents, Signature, Tensor
from dlscaffold.models.flat import Table, root
from dlscaffold.models.source import Source, Window, opened
from dlscaffold.models.values import MalformedError, as_shape

# ScalarType in ExecuTorch's scalar_type.fbs.
DTYPES = {
    0: "uint8",
    1: "int8",
    2: "int16",
    3: "int32",
    4: "int64",
    5: "float16",
    6: "float32",
    7: "float64",
    11: "bool",
    15: "bfloat16",
    27: "uint16",
    28: "uint32",
    29: "uint64",
}
# Places in the unions KernelTypes and InstructionArguments of program.fbs.
SCALARS = {2: "int64", 3: "bool", 4: "float64", 6: "string"}
TENSOR = 5
KERNEL_CALL = 1


def read(source: Source) -> Contents:
    """Return what the program says; its weights are not read."""
    with opened(source.path) as buffer:
        return describe(buffer)


def describe(buffer: Window) -> Contents:
    """Return the contents of a program."""
    plans = list(root(buffer).tables(1))
    if not plans:
        raise MalformedError("it holds no method")
    backends = sorted({one.text(0) for plan in plans for one in plan.tables(7)})
    return Contents(
        signatures=tuple(signature(plan) for plan in plans),
        writer="executorch",
        operators=Counter(name for plan in plans for name in operators(plan)),
        notes=tuple(f"runs in part on the backend {name}" for name in backends),
    )


def signature(plan: Table) -> Signature:
    """Return the inputs and outputs of a method, which have places and no names."""
    inputs, outputs = (
        tuple(
            value(plan.table_at(2, index), f"{side}_{place}")
            for place, index in enumerate(plan.numbers(field))
        )
        for side, field in (("input", 3), ("output", 4))
    )
    return Signature(plan.text(0) or "forward", inputs, outputs)


def value(entry: Table, name: str) -> Tensor:
    """Return an input or output; sizes that can change are the largest that fit."""
    kind, found = entry.number(0, "B"), entry.table(1)
    if kind != TENSOR or found is None:
        return Tensor(name, SCALARS.get(kind), () if kind in SCALARS else None)
    dtype = DTYPES.get(found.number(0, "b"))
    return Tensor(name, dtype, as_shape(found.numbers(2)))


def operators(plan: Table) -> Iterator[str]:
    """Yield the name of each operator that is called."""
    names = [".".join(filter(None, (o.text(0), o.text(1)))) for o in plan.tables(6)]
    for chain in plan.tables(5):
        for instruction in chain.tables(2):
            call = instruction.table(1)
            if instruction.number(0, "B") == KERNEL_CALL and call:
                index = call.number(0)
                if not 0 <= index < len(names):
                    raise MalformedError("an instruction in it calls no operator")
                yield names[index]
