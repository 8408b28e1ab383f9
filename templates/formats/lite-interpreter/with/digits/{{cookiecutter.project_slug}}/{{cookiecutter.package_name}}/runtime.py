"""Run the exported model with the lite interpreter, as PyTorch Mobile does."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from numpy.typing import NDArray
from torch.jit.mobile import (
    LiteScriptModule,
    _get_model_bytecode_version,
    _load_for_lite_interpreter,
)

from .contract import ContractError

FORMAT = "lite-interpreter"
ARTIFACT = "model.ptl"

# The file itself names nothing: it takes its arguments by position.
OUTPUT = "probabilities"


class Runtime:
    """The exported model, loaded."""

    def __init__(self, artifact: Path, threads: int = 1) -> None:
        """Load the artifact; raises ContractError if the lite interpreter cannot."""
        torch.set_num_threads(threads)
        self._module = load(artifact)

    def predict(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Return the outputs by name, for inputs by name."""
        tensors = (torch.from_numpy(array) for array in inputs.values())
        return {OUTPUT: self._module(*tensors).numpy()}


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
