"""Run the exported model with the lite interpreter, as PyTorch Mobile does."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from numpy.typing import NDArray
from torch.utils import _pytree as pytree

from ..settings import MODELS
from . import original
from .files import ContractError
from .lite import load

FORMAT = "lite-interpreter"
ARTIFACT = "model.ptl"


class Runtime:
    """The exported model, loaded."""

    def __init__(self, artifact: Path, threads: int = 1) -> None:
        """Load the artifact; raises ContractError if the lite interpreter cannot."""
        torch.set_num_threads(threads)
        self._module = load(artifact)
        self._given = original.find(MODELS)

    def predict(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Return the outputs by name, for inputs by name.

        The file names no outputs and takes its inputs by position. Raises ContractError
        if it does not take inputs of these shapes.
        """
        tensors = [torch.from_numpy(inputs[name]) for name in self._given.inputs]
        try:
            with torch.no_grad():
                outputs = pytree.tree_leaves(self._module(*tensors))
        except RuntimeError as error:
            raise ContractError(original.refusal(inputs, error)) from error
        arrays = (output.numpy() for output in outputs)
        return dict(zip(self._given.outputs, arrays, strict=True))
