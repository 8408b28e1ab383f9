"""Run the exported model with the lite interpreter, as PyTorch Mobile does."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from numpy.typing import NDArray

from ..settings import MODELS
from .files import ContractError
from .lite import load
from .trained import Trained

FORMAT = "lite-interpreter"
ARTIFACT = "model.ptl"


class Runtime:
    """The exported model, loaded."""

    def __init__(self, artifact: Path, threads: int = 1) -> None:
        """Load the artifact; raises ContractError if the lite interpreter cannot."""
        torch.set_num_threads(threads)
        if "qnnpack" in torch.backends.quantized.supported_engines:
            torch.backends.quantized.engine = "qnnpack"  # what phones run int8 with
        self._module = load(artifact)
        # The file has no names for outputs: they go by position.
        self._outputs = Trained.read(MODELS).outputs

    def predict(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Return the outputs by name, for inputs by name.

        Raises ContractError if the lite interpreter fails on the way.
        """
        tensors = (torch.from_numpy(array) for array in inputs.values())
        try:
            values = self._module(*tensors)
        except RuntimeError as error:
            reason = str(error).partition("\n")[0]
            raise ContractError(
                "The lite interpreter cannot run the model; write the network with "
                f"other operators: {reason}"
            ) from error
        values = values if isinstance(values, tuple) else (values,)
        pairs = zip(self._outputs, values, strict=True)
        return {name: value.numpy() for name, value in pairs}
