"""Convert the Keras network to a file for the lite interpreter of PyTorch Mobile."""

from pathlib import Path

import keras
from torch import Tensor, nn
from torch.jit import ScriptModule

from .files import ContractError
from .inputs import zeros
from .network import Network
from .served import served
from .tracing import TracingError, trace, write

# Keras itself asks only for shapes in ways that look like branches to a trace.
KERAS = Path(keras.__file__).parent


def write_artifact(network: Network, path: Path) -> None:
    """Write the network for the phone's runtime, and the list of its operators.

    Raises ContractError where that runtime could not run it.
    """
    graph = to_graph(served(network), zeros(network.inputs))
    write(graph, path, "operators.txt")


def to_graph(network: nn.Module, inputs: tuple[Tensor, ...]) -> ScriptModule:
    """Return the network as TorchScript; raises ContractError where it branches."""
    try:
        return trace(network, inputs, trusted=KERAS)
    except TracingError as error:
        raise ContractError(
            f"The network cannot be traced ({error}): write it with Keras's layers, "
            "and choose by keras.ops.where instead of Python's if."
        ) from error
