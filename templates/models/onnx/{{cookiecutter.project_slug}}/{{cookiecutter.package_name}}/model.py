"""The given model, in ONNX Runtime."""

from pathlib import Path
from typing import Any

import onnxruntime
from numpy.typing import NDArray

from .contract import ContractError, Tensors, original
from .contract.runtime import InputError, Runtime

FRAMEWORK = ("onnxruntime", onnxruntime.__version__)


def load(folder: Path) -> Runtime:
    """Return the model; raises ContractError if ONNX Runtime cannot load it."""
    return Runtime(original.find(folder).path)


def predict(network: Runtime, given: Tensors) -> dict[str, NDArray[Any]]:
    """Return the outputs by name, for inputs by name.

    Raises ContractError if the model does not take inputs of these dtypes and shapes.
    """
    try:
        return network.predict(given)
    except InputError as error:
        raise ContractError(original.refusal(given, error)) from error
