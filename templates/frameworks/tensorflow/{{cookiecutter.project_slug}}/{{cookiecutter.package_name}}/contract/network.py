"""The trained network in TensorFlow: kept in a folder, and run as training left it."""

from dataclasses import dataclass
from pathlib import Path

import tensorflow as tf

from ..model import answer, build
from . import refusals
from .files import ContractError
from .signature import TensorSpec
from .task import Task
from .tensors import Tensors
from .trained import Trained

FRAMEWORK = ("tensorflow", tf.__version__)
CHECKPOINT = "checkpoint"


@dataclass(frozen=True)
class Network:
    """A module from inputs by name to what the loss takes, and what it takes."""

    module: tf.Module
    task: Task
    inputs: dict[str, TensorSpec]

    def save(self, folder: Path) -> None:
        """Write the weights as a TensorFlow checkpoint."""
        folder.mkdir(parents=True, exist_ok=True)
        tf.train.Checkpoint(self.module).write(str(folder / CHECKPOINT))

    def serve(self, inputs: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Return the outputs by name; this is what gets exported and served."""
        return answer(self.module(inputs))

    def predict(self, inputs: Tensors) -> Tensors:
        """Return the outputs by name, for inputs by name.

        Raises ContractError if the network does not take them.
        """
        try:
            outputs = self.serve({k: tf.constant(v) for k, v in inputs.items()})
            return {name: output.numpy() for name, output in outputs.items()}
        except Exception as error:  # TensorFlow's and Python's have no base class
            raise refusals.of_inputs(inputs, error) from error


def load(folder: Path) -> Network:
    """Return the trained network; raise ContractError if there is none."""
    trained = Trained.read(folder)
    module, checkpoint = build(trained.task), folder / CHECKPOINT
    try:
        status = tf.train.Checkpoint(module).read(str(checkpoint))
        status.assert_existing_objects_matched()
    except (tf.errors.OpError, IndexError, ValueError, AssertionError) as error:
        message = f"{checkpoint} does not fit the network: train the model again."
        raise ContractError(message) from error
    return Network(module, trained.task, trained.inputs)
