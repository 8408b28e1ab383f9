"""Run the exported model with the lite interpreter, as PyTorch Mobile does."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from numpy.typing import NDArray

from .lite import load

FORMAT = "lite-interpreter"
ARTIFACT = "model.ptl"

# The file itself names nothing: it takes its arguments by position.
OUTPUT = "probabilities"


class Runtime:
    """The exported model, loaded."""

    def __init__(self, artifact: Path, threads: int = 1) -> None:
        """Load the artifact; raises ContractError if the lite interpreter cannot."""
        torch.set_num_threads(threads)
        if "qnnpack" in torch.backends.quantized.supported_engines:
            torch.backends.quantized.engine = "qnnpack"  # what phones run int8 with
        self._module = load(artifact)

    def predict(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Return the outputs by name, for inputs by name."""
        tensors = (torch.from_numpy(array) for array in inputs.values())
        return {OUTPUT: self._module(*tensors).numpy()}
