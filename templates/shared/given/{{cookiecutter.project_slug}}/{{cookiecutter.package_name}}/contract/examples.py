"""What export takes from the model: golden examples, and what goes in and comes out."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import contract, inputs, model
from ..settings import MODELS
from . import original
from .files import ContractError
from .signature import TensorSpec
from .tensors import Tensors

EXACT = contract.Tolerance()


def load() -> Any:
    """Return the model; raises ContractError if its framework cannot load it."""
    return model.load(MODELS)


def sources() -> dict[str, str]:
    """Return the digests of what the artifact is made from, by path."""
    return {MODELS.name: contract.digest(MODELS)}


def golden(network: Any) -> contract.Golden:
    """Return examples with the outputs that the model's own framework gives for them.

    Raises ContractError if they are no numbers that JSON can hold, or not always the
    same.
    """
    given = inputs.golden()
    try:
        outputs = model.predict(network, given)
    except ContractError as error:
        raise ContractError(f"{error} Is it the values? Then {inputs.FIX}.") from error
    for name, tensor in outputs.items():
        if tensor.dtype.kind == "f" and not np.isfinite(tensor).all():
            raise ContractError(
                f"The output {name!r} is not finite for the examples: {inputs.FIX}."
            )
    try:
        contract.check_parity(outputs, model.predict(network, given), EXACT)
    except ContractError as error:
        raise ContractError(
            "The model answers the same examples differently each time: "
            "export it in evaluation mode, without random numbers or a state."
        ) from error
    return contract.Golden(given, outputs)


def describe(network: Any, golden: contract.Golden) -> dict[str, Any]:
    """Return what the signature says of inputs and outputs.

    A dimension of an output is free where it differs between examples of other sizes.
    """
    # The first is one example alone, of which some models drop the first dimension.
    others = inputs.variations()[1:]
    outputs = [model.predict(network, other) for other in others]
    given = original.find(MODELS).inputs
    return {
        "framework": model.FRAMEWORK[0],
        "framework_version": model.FRAMEWORK[1],
        "inputs": {name: given[name] for name in golden.inputs},
        "outputs": {
            name: _spec([tensor, *(other[name] for other in outputs)])
            for name, tensor in golden.outputs.items()
        },
        "batch": _batch(network, others[-1], outputs[-1]),
        "task": contract.Task(inputs.ORIGIN),
    }


def _spec(tensors: list[NDArray[Any]]) -> TensorSpec:
    dtype = tensors[0].dtype
    axes = zip(*(tensor.shape for tensor in tensors), strict=True)
    shape = tuple(sizes[0] if len(set(sizes)) == 1 else None for sizes in axes)
    return TensorSpec("str" if dtype.kind == "U" else str(dtype), shape)


def _batch(network: Any, given: Tensors, outputs: Tensors) -> str:
    """Return what the first dimension is, by asking for the first example alone."""
    sizes = {tensor.shape[:1] for tensor in (*given.values(), *outputs.values())}
    if len(sizes) != 1 or sizes == {()}:
        return contract.NONE
    declared = [spec.shape[0] for spec in original.find(MODELS).inputs.values()]
    if None not in declared:
        return contract.FIXED
    if declared != [None] * len(declared):
        return contract.NONE
    first = {name: tensor[:1] for name, tensor in outputs.items()}
    try:
        alone = model.predict(network, {name: part[:1] for name, part in given.items()})
        contract.check_parity(first, alone, contract.Tolerance(1e-4, 1e-3))
    except ContractError:
        return contract.NONE
    return contract.FREE
