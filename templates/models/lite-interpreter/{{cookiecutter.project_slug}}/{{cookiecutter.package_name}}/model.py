"""The given model, in the lite interpreter of torch."""

from pathlib import Path
from typing import Any

import torch
from numpy.typing import NDArray

from .contract import Tensors, original
from .contract.runtime import Runtime

FRAMEWORK = ("pytorch", str(torch.__version__))


def load(folder: Path) -> Runtime:
    """Return the model; raises ContractError if the lite interpreter cannot load it."""
    return Runtime(original.find(folder).path)


def predict(network: Runtime, given: Tensors) -> dict[str, NDArray[Any]]:
    """Return the outputs by name, for inputs by name."""
    return network.predict(given)
