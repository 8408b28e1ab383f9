"""The given model, in LiteRT."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from .contract import ContractError, Tensors, original
from .contract.runtime import Runtime

FRAMEWORK = ("litert", version("ai-edge-litert"))


def load(folder: Path) -> Runtime:
    """Return the model; raises ContractError if LiteRT cannot load it."""
    return Runtime(original.find(folder).path)


def predict(network: Runtime, given: Tensors) -> dict[str, NDArray[Any]]:
    """Return the outputs by name, for inputs by name.

    Raises ContractError if the model does not take inputs of these dtypes and shapes.
    """
    try:
        return network.predict(given)
    except (RuntimeError, ValueError) as error:
        raise ContractError(original.refusal(given, error)) from error
