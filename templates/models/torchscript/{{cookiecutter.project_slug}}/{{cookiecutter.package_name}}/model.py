"""The given model, in PyTorch: TorchScript."""

from pathlib import Path
from typing import Any

import torch
from numpy.typing import NDArray
from torch._export.converter import TS2EPConverter
from torch.export import ExportedProgram
from torch.jit import ScriptModule

from . import inputs
from .contract import ContractError, Tensors, original
from .contract.outputs import by_name
from .settings import MODELS

FRAMEWORK = ("pytorch", str(torch.__version__))


def load(folder: Path) -> ScriptModule:
    """Return the model; raises ContractError if PyTorch cannot load it."""
    path = original.find(folder).path
    try:
        return torch.jit.load(path, map_location="cpu").eval()
    except (RuntimeError, ValueError) as error:
        version = torch.__version__
        raise ContractError(f"PyTorch {version} cannot load {path}.") from error


def predict(network: ScriptModule, given: Tensors) -> dict[str, NDArray[Any]]:
    """Return the outputs by name, for inputs by name.

    Raises ContractError if the model does not take inputs of these shapes, or gives
    what is no array.
    """
    try:
        with torch.no_grad():
            outputs = network(*arguments(given))
    except RuntimeError as error:
        raise ContractError(original.refusal(given, error)) from error
    return by_name(outputs)


def program(network: ScriptModule) -> ExportedProgram:
    """Return the model as a graph of torch.export, free dimensions left free.

    Raises ContractError where it has no such graph.
    """
    # Not public, but torch.onnx.export takes no TorchScript that has attention in it.
    converter = TS2EPConverter(network, arguments(inputs.golden()))
    try:
        return converter.convert()
    except Exception as error:  # torch.export has no base class for its errors
        raise ContractError(
            "The model has no graph for all inputs; save it again with "
            f"torch.export.save: {original.first_line(error)}"
        ) from error


def arguments(given: Tensors) -> tuple[torch.Tensor, ...]:
    """Return what to call the model with: its inputs in order."""
    names = original.find(MODELS).inputs
    return tuple(torch.from_numpy(given[name]) for name in names)
