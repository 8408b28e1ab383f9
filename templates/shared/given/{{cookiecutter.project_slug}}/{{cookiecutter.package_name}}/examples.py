"""What export takes from the model: golden examples, and what goes in and comes out."""

from typing import Any

import numpy as np

from . import contract, inputs, model, original
from .contract import ContractError, Tensors, TensorSpec
from .settings import MODELS


def golden(network: Any) -> contract.Golden:
    """Return examples with the outputs that the model's own framework gives for them.

    Raises ContractError if they are no numbers that JSON can hold.
    """
    given = inputs.golden()
    outputs = model.predict(network, given)
    for name, tensor in outputs.items():
        if tensor.dtype.kind == "f" and not np.isfinite(tensor).all():
            raise ContractError(
                f"The output {name!r} is not finite for the examples: "
                "put others into inputs.py."
            )
    return contract.Golden(given, outputs)


def describe(network: Any, golden: contract.Golden) -> dict[str, Any]:
    """Return what the signature says of inputs and outputs.

    A dimension of an output is free where it differs between examples of other sizes.
    """
    other = inputs.variations()[-1]
    outputs = model.predict(network, other)
    given = original.find(MODELS).inputs
    return {
        "inputs": {name: given[name] for name in golden.inputs},
        "outputs": {
            name: _spec(tensor, outputs[name])
            for name, tensor in golden.outputs.items()
        },
        "batch": _batch(network, other, outputs),
    }


def _spec(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> TensorSpec:
    sizes = zip(one.shape, other.shape, strict=True)
    dtype = "str" if one.dtype.kind == "U" else str(one.dtype)
    return TensorSpec(dtype, tuple(a if a == b else None for a, b in sizes))


def _batch(network: Any, given: Tensors, outputs: Tensors) -> str:
    """Return what the first dimension is, by asking for the first example alone."""
    sizes = {tensor.shape[:1] for tensor in (*given.values(), *outputs.values())}
    if len(sizes) != 1 or sizes == {()}:
        return contract.NONE
    declared = original.find(MODELS).inputs.values()
    if any(spec.shape[0] is not None for spec in declared):
        return contract.FIXED
    first = {name: tensor[:1] for name, tensor in outputs.items()}
    alone = model.predict(network, {name: part[:1] for name, part in given.items()})
    try:
        contract.check_parity(first, alone, contract.Tolerance(1e-4, 1e-3))
    except ContractError:
        return contract.NONE
    return contract.FREE
