"""The given model, in ExecuTorch."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from .contract import Tensors, original
from .contract.runtime import Runtime

FRAMEWORK = ("executorch", version("executorch"))


def load(folder: Path) -> Runtime:
    """Return the model; raises ContractError if ExecuTorch cannot load it."""
    return Runtime(original.find(folder).path)


def predict(network: Runtime, given: Tensors) -> dict[str, NDArray[Any]]:
    """Return the outputs by name, for inputs by name."""
    return network.predict(given)
