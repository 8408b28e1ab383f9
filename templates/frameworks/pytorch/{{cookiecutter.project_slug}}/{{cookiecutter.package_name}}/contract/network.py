"""The trained network in PyTorch: kept in a folder, and run as training left it."""

from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError

import torch
from torch import nn

from ..model import OUTPUTS, build, serving
from . import refusals
from .files import ContractError
from .signature import TensorSpec
from .task import Task
from .tensors import Tensors
from .trained import Trained

FRAMEWORK = ("pytorch", str(torch.__version__))
FILE = "model.pt"


@dataclass(frozen=True)
class Network:
    """A module from inputs, in order, to what the loss takes, and what it takes."""

    module: nn.Module
    task: Task
    inputs: dict[str, TensorSpec]
    outputs = OUTPUTS

    def save(self, folder: Path) -> None:
        """Write the trained weights."""
        folder.mkdir(parents=True, exist_ok=True)
        torch.save(self.module.state_dict(), folder / FILE)

    def serving(self) -> nn.Module:
        """Return what gets exported and served: from inputs to outputs, in order."""
        return serving(self.module).eval()

    def predict(self, inputs: Tensors) -> Tensors:
        """Return the outputs by name, for inputs by name.

        Raises ContractError if the network does not take them.
        """
        try:
            tensors = [torch.from_numpy(inputs[name]) for name in self.inputs]
            with torch.inference_mode():
                values = self.serving()(*tensors)
        except Exception as error:  # PyTorch's and Python's have no base class
            raise refusals.of_inputs(inputs, error) from error
        values = values if isinstance(values, tuple) else (values,)
        return {
            name: value.numpy()
            for name, value in zip(self.outputs, values, strict=True)
        }


def load(folder: Path) -> Network:
    """Return the trained network; raise ContractError if there is none."""
    trained, file = Trained.read(folder), folder / FILE
    module = build(trained.task)
    try:
        # Weights alone: a pickled module could run any code when it is loaded.
        module.load_state_dict(torch.load(file, map_location="cpu", weights_only=True))
    except (OSError, RuntimeError, TypeError, UnpicklingError, EOFError) as error:
        message = f"{file} does not fit the network: train the model again."
        raise ContractError(message) from error
    return Network(module.eval(), trained.task, trained.inputs)
