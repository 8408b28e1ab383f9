"""Convert the model to a file for the lite interpreter of PyTorch Mobile."""

from pathlib import Path

from torch.jit import ScriptModule

from . import lite, phone


def write_artifact(network: ScriptModule, path: Path) -> None:
    """Write the model for the phone's runtime.

    Raises ContractError where that runtime could not run it.
    """
    lite.save(network, path)
    phone.fit_bytecode(path)
    phone.check_operators(path)
