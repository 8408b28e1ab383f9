"""The given model, in ONNX Runtime."""

from pathlib import Path
from typing import Any

import onnxruntime
from numpy.typing import NDArray

from . import original
from .contract import Tensors
from .runtime import Runtime

FRAMEWORK = ("onnxruntime", onnxruntime.__version__)


def load(folder: Path) -> Runtime:
    """Return the model; raises ContractError if ONNX Runtime cannot load it."""
    return Runtime(original.find(folder).path)


def predict(network: Runtime, given: Tensors) -> dict[str, NDArray[Any]]:
    """Return the outputs by name, for inputs by name."""
    return network.predict(given)
