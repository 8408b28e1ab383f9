"""The given model, in PyTorch: a program that torch.export wrote."""

from pathlib import Path
from typing import Any

import torch
from numpy.typing import NDArray
from torch.export import ExportedProgram
from torch.utils import _pytree as pytree

from .contract import ContractError, Tensors, original
from .contract.outputs import by_name
from .settings import MODELS

FRAMEWORK = ("pytorch", str(torch.__version__))


def load(folder: Path) -> ExportedProgram:
    """Return the model; raises ContractError if PyTorch cannot load it."""
    path = original.find(folder).path
    try:
        return torch.export.load(path)
    except Exception as error:  # torch.export has no base class for its errors
        version = torch.__version__
        raise ContractError(f"PyTorch {version} cannot load {path}.") from error


def predict(network: ExportedProgram, given: Tensors) -> dict[str, NDArray[Any]]:
    """Return the outputs by name, for inputs by name.

    Raises ContractError if the model does not take inputs of these shapes, or gives
    what is no array.
    """
    args, kwargs = arguments(network, given)
    try:
        with torch.no_grad():
            outputs = network.module()(*args, **kwargs)
    except (RuntimeError, AssertionError) as error:
        raise ContractError(original.refusal(given, error)) from error
    return by_name(outputs)


def program(network: ExportedProgram) -> ExportedProgram:
    """Return the model's graph."""
    return network


def arguments(network: ExportedProgram, given: Tensors) -> tuple[Any, Any]:
    """Return what to call the program with: positional and named arguments."""
    tensors = {name: torch.from_numpy(tensor) for name, tensor in given.items()}
    # An argument that was constant in the export is there in place of a name.
    leaves = [tensors.get(name, name) for name in network.graph_signature.user_inputs]
    args, kwargs = pytree.tree_unflatten(leaves, network.call_spec.in_spec)
    return args, kwargs
