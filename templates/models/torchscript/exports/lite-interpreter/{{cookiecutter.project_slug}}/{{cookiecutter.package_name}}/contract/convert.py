"""Convert the model to a file for the lite interpreter of PyTorch Mobile."""

from pathlib import Path

from torch.jit import ScriptModule

from . import lite


def write_artifact(network: ScriptModule, path: Path) -> None:
    """Write the model for the phone's runtime.

    Raises ContractError where that runtime could not run it.
    """
    lite.save(network, path)
