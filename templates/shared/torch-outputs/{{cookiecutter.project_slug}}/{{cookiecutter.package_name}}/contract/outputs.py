"""The outputs of the given model, as arrays."""

from typing import Any

import torch
from numpy.typing import NDArray
from torch.utils import _pytree as pytree

from ..settings import MODELS
from . import original
from .files import ContractError


def by_name(outputs: Any) -> dict[str, NDArray[Any]]:
    """Return the tensors in the outputs, nested as they may be, by name.

    Raises ContractError for an output that is no array of numbers.
    """
    named = zip(original.find(MODELS).outputs, pytree.tree_leaves(outputs), strict=True)
    return {name: _array(name, output) for name, output in named}


def _array(name: str, output: Any) -> NDArray[Any]:
    try:
        # A weight among the outputs keeps what gradients need.
        return torch.as_tensor(output).detach().numpy()
    except (RuntimeError, TypeError) as error:
        raise ContractError(
            f"The output {name!r} is no array of numbers: save the model without it."
        ) from error
