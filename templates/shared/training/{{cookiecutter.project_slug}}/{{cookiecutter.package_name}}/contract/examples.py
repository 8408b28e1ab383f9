"""What export takes from the data: golden examples, and what goes in and comes out."""

from typing import Any

from .. import contract, data
from ..prepare import prepare
from ..settings import MODELS
from . import network, raw
from .network import FRAMEWORK, Network
from .trained import Trained

MOST, LEAST = 16, 3  # examples
MOST_NUMBERS = 65_536  # of all of them, within those limits


def load() -> Network:
    """Return the trained network.

    Raises ContractError if there is none, or its code has changed since it was trained.
    """
    if changed := contract.changed(Trained.read(MODELS).sources):
        raise contract.ContractError(
            f"{' and '.join(changed)} changed after training: train the model again."
        )
    return network.load(MODELS)


def golden(network: Network) -> contract.Golden:
    """Return held-out examples with the outputs that the network gives them."""
    held_out, how = data.load().test, network.task.preprocessing
    one = prepare(held_out.take([0]).raw, how)
    numbers = sum(tensor.size for tensor in one.values())
    count = max(LEAST, min(MOST, MOST_NUMBERS // max(numbers, 1)))
    chosen = held_out.take(slice(0, count)).raw
    inputs = prepare(chosen, how)
    return contract.Golden(inputs, network.predict(inputs), raw.to_json(chosen))


def describe(network: Network, golden: contract.Golden) -> dict[str, Any]:
    """Return what the signature says of inputs and outputs."""
    return {
        "framework": FRAMEWORK[0],
        "framework_version": FRAMEWORK[1],
        "inputs": network.inputs,
        "outputs": {
            name: contract.TensorSpec(str(tensor.dtype), (None, *tensor.shape[1:]))
            for name, tensor in golden.outputs.items()
        },
        "batch": contract.FREE,
        "task": network.task,
    }


def sources() -> dict[str, str]:
    """Return the digests of what the artifact is made from, by path."""
    return {**Trained.read(MODELS).sources, MODELS.name: contract.digest(MODELS)}
