"""Load files of the lite interpreter."""

from pathlib import Path

import torch
from torch.jit import ScriptModule
from torch.jit.mobile import (
    LiteScriptModule,
    _get_model_bytecode_version,
    _load_for_lite_interpreter,
)

from .files import ContractError


def save(graph: ScriptModule, artifact: Path) -> None:
    """Write the graph; raises ContractError for what only Python can compute."""
    try:
        graph._save_for_lite_interpreter(str(artifact))
    except RuntimeError as error:
        reason = str(error).strip().partition(". ")[0]
        raise ContractError(
            f"The network does not fit into a lite-interpreter file ({reason}): write "
            "it with torch's operators, without a torch.autograd.Function."
        ) from error


def load(artifact: Path) -> LiteScriptModule:
    """Return the module in the file; raises ContractError, with the reason, if none."""
    try:
        return _load_for_lite_interpreter(str(artifact))
    except (RuntimeError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise ContractError(
            f"{artifact} does not load in the lite interpreter of torch "
            f"{torch.__version__} (bytecode {bytecode(artifact)}); "
            f"export it again with this torch: {reason}"
        ) from error


def bytecode(artifact: Path) -> int | None:
    """Return the version of the file's bytecode; None if the file has none."""
    try:
        return int(_get_model_bytecode_version(str(artifact)))
    except (RuntimeError, ValueError):
        return None
