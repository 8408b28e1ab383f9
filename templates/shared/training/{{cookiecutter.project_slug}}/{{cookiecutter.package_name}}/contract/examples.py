"""What export takes from the data: golden examples, and what goes in and comes out."""

from pathlib import Path
from typing import Any

import numpy as np

from .. import contract, data
from ..prepare import prepare
from ..settings import MODELS
from . import network, raw
from .dataset import Examples
from .network import FRAMEWORK, Network
from .task import Task
from .trained import Trained

MOST, LEAST = 16, 3  # examples
MOST_NUMBERS = 65_536  # of all of them, within those limits
# What a network is trained from, beside the data.
CODE = ("data.py", "prepare.py", "model.py")


def load() -> Network:
    """Return the trained network.

    Raises ContractError if there is none, or its code has changed since it was trained.
    """
    trained = Trained.read(MODELS)
    if changed := contract.changed(trained.sources):
        raise contract.ContractError(
            f"{' and '.join(changed)} changed after training: train the model again."
        )
    return network.load(MODELS)


def golden(network: Network) -> contract.Golden:
    """Return held-out examples with the outputs that the network gives them."""
    held_out = data.load().test
    how = Trained.read(MODELS).task.preprocessing
    one = prepare(held_out.take(slice(0, 1)).raw, how)
    numbers = sum(tensor.size for tensor in one.values())
    count = max(LEAST, min(MOST, MOST_NUMBERS // max(numbers, 1)))
    chosen = held_out.take(slice(0, count))
    inputs = prepare(chosen.raw, how)
    return contract.Golden(inputs, network.predict(inputs), raw.to_json(chosen.raw))


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
        "task": Trained.read(MODELS).task,
    }


def sources() -> dict[str, str]:
    """Return the digests of what the artifact is made from, by path."""
    return {**Trained.read(MODELS).sources, MODELS.name: contract.digest(MODELS)}


def training_sources() -> dict[str, str]:
    """Return the digests of what the network is trained from, by path."""
    package = Path(__file__).parents[1]
    files = {f"{package.name}/{name}": package / name for name in CODE}
    return {path: contract.digest(file) for path, file in files.items()}


def input_specs(train: Examples, task: Task) -> dict[str, contract.TensorSpec]:
    """Return what `prepare` makes; a size that differs between examples is free."""
    singles = [
        prepare(train.take(slice(row, row + 1)).raw, task.preprocessing)
        for row in range(min(len(train), MOST))
    ]
    return {name: _spec([single[name] for single in singles]) for name in singles[0]}


def _spec(tensors: list[Any]) -> contract.TensorSpec:
    sizes = np.array([tensor.shape[1:] for tensor in tensors])
    same = (sizes == sizes[0]).all(axis=0)
    shape = [
        int(size) if fixed else None for size, fixed in zip(sizes[0], same, strict=True)
    ]
    return contract.TensorSpec(str(tensors[0].dtype), (None, *shape))
