"""ExecuTorch programs."""

from collections import Counter
from collections.abc import Iterator

from dlscaffold.models.bytes.bounds import MalformedError
from dlscaffold.models.bytes.flatbuffer import Table, root
from dlscaffold.models.bytes.window import opened
from dlscaffold.models.description import Contents, Signature, Source, Tensor
from dlscaffold.models.schemas import Schema
from dlscaffold.models.values import as_shape

fb = Schema("executorch")
# What a value is that is no tensor.
SCALARS = {
    fb.KernelTypes.Int: "int64",
    fb.KernelTypes.Bool: "bool",
    fb.KernelTypes.Double: "float64",
    fb.KernelTypes.String: "string",
}


def read(source: Source) -> Contents:
    """Return what the program says; its weights are not read."""
    with opened(source.path) as buffer:
        return contents_of(root(buffer))


def contents_of(program: Table) -> Contents:
    """Return the contents of a program."""
    plans = list(program.tables(fb.Program.execution_plan))
    if not plans:
        raise MalformedError("it holds no method")
    backends = {
        one.text(fb.BackendDelegate.id)
        for plan in plans
        for one in plan.tables(fb.ExecutionPlan.delegates)
    }
    return Contents(
        signatures=tuple(signature(plan) for plan in plans),
        writer="executorch",
        operators=Counter(name for plan in plans for name in operators(plan)),
        notes=tuple(f"runs in part on the backend {name}" for name in sorted(backends)),
    )


def signature(plan: Table) -> Signature:
    """Return the inputs and outputs of a method, which have places and no names."""
    inputs, outputs = (
        tuple(
            tensor(plan.table_at(fb.ExecutionPlan.values, index), f"{side}_{place}")
            for place, index in enumerate(plan.int32s(field))
        )
        for side, field in (
            ("input", fb.ExecutionPlan.inputs),
            ("output", fb.ExecutionPlan.outputs),
        )
    )
    return Signature(plan.text(fb.ExecutionPlan.name) or "forward", inputs, outputs)


def tensor(value: Table, name: str) -> Tensor:
    """Return an input or output; sizes that can change are the largest that fit."""
    kind, found = value.uint8(fb.EValue.val_type), value.table(fb.EValue.val)
    if kind != fb.KernelTypes.Tensor or found is None:
        return Tensor(name, SCALARS.get(kind), () if kind in SCALARS else None)
    dtype = fb.ScalarType.name_of(found.int8(fb.Tensor.scalar_type))
    return Tensor(name, dtype, as_shape(found.int32s(fb.Tensor.sizes)))


def operators(plan: Table) -> Iterator[str]:
    """Yield the name of each operator that is called."""
    parts = (fb.Operator.name, fb.Operator.overload)
    names = [
        ".".join(filter(None, map(one.text, parts)))
        for one in plan.tables(fb.ExecutionPlan.operators)
    ]
    for chain in plan.tables(fb.ExecutionPlan.chains):
        for instruction in chain.tables(fb.Chain.instructions):
            kind = instruction.uint8(fb.Instruction.instr_args_type)
            call = instruction.table(fb.Instruction.instr_args)
            if kind == fb.InstructionArguments.KernelCall and call:
                index = call.int32(fb.KernelCall.op_index)
                if not 0 <= index < len(names):
                    raise MalformedError("an instruction in it calls no operator")
                yield names[index]
