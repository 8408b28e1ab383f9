"""Run the exported program with ExecuTorch, as an app does on the phone."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from executorch import runtime
from numpy.typing import NDArray

from ..settings import MODELS
from . import original
from .files import ContractError

FORMAT = "executorch"
ARTIFACT = "model.pte"


class Runtime:
    """The exported program, loaded."""

    def __init__(self, artifact: Path, threads: int = 1) -> None:
        """Load the artifact; raises ContractError if ExecuTorch cannot.

        ExecuTorch asks each of its backends for threads; XNNPACK takes torch's number.
        """
        torch.set_num_threads(threads)
        try:
            self._program = runtime.Runtime.get().load_program(artifact)
            self._forward = self._program.load_method("forward")
        except (RuntimeError, OSError) as error:
            raise ContractError(
                f"{artifact} does not load in ExecuTorch; "
                f"export it again with the installed version: {error}"
            ) from error
        self._given = original.find(MODELS)

    def predict(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Return the outputs by name, for inputs by name.

        The program names nothing: it goes by position. Raises ContractError if it does
        not take inputs of these shapes, or not as many examples.
        """
        tensors = [torch.from_numpy(inputs[name]) for name in self._given.inputs]
        try:
            outputs = self._forward.execute(tensors)
        except RuntimeError as error:
            raise ContractError(original.refusal(inputs, error)) from error
        # The next call writes over the memory of this one's outputs.
        arrays = (np.array(output.numpy()) for output in outputs)
        return dict(zip(self._given.outputs, arrays, strict=True))
