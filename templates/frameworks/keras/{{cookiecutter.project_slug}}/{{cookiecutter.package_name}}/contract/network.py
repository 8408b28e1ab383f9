"""The trained network in Keras: kept in a folder, and run as training left it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import keras
import numpy as np

from . import refusals
from .files import ContractError
from .signature import TensorSpec
from .task import Task
from .tensors import Tensors
from .trained import Trained

FRAMEWORK = ("keras", keras.__version__)
FILE = "model.keras"


@dataclass(frozen=True)
class Network:
    """A Keras model that takes and gives tensors by name, and what it takes."""

    module: keras.Model
    task: Task
    inputs: dict[str, TensorSpec]

    @property
    def outputs(self) -> list[str]:
        """The names of what it gives."""
        return list(self.module.output_names)

    def save(self, folder: Path) -> None:
        """Write the network, in Keras's own format."""
        folder.mkdir(parents=True, exist_ok=True)
        self.module.save(folder / FILE)

    def serve(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Return the outputs by name, as the backend's tensors, without training."""
        outputs: dict[str, Any] = self.module(inputs, training=False)
        return outputs

    def predict(self, inputs: Tensors) -> Tensors:
        """Return the outputs by name, for inputs by name.

        Raises ContractError if the network does not take them.
        """
        try:
            outputs = self.module.predict(dict(inputs), verbose=0)
            return {name: np.asarray(output) for name, output in outputs.items()}
        except Exception as error:  # Keras's and its backends' have no base class
            raise refusals.of_inputs(inputs, error) from error


def load(folder: Path) -> Network:
    """Return the trained network; raise ContractError if there is none."""
    trained = Trained.read(folder)
    try:
        module = keras.models.load_model(folder / FILE, compile=False)
    except (OSError, ValueError, TypeError, BadZipFile) as error:
        message = f"{folder / FILE} does not load: train the model again."
        raise ContractError(message) from error
    return Network(module, trained.task, trained.inputs)
