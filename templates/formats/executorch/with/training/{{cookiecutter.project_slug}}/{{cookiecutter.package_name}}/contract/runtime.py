"""Run the exported program with ExecuTorch, as an app does on the phone."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from executorch import runtime
from numpy.typing import NDArray

from ..settings import MODELS
from .files import ContractError
from .trained import Trained

FORMAT = "executorch"
ARTIFACT = "model.pte"


class Runtime:
    """The exported program, loaded."""

    def __init__(self, artifact: Path, threads: int = 1) -> None:
        """Load the artifact; raises ContractError if ExecuTorch cannot.

        ExecuTorch asks each of its backends for threads; XNNPACK takes torch's number.
        """
        torch.set_num_threads(threads)
        # The program has no names for outputs: they go by position.
        self._outputs = Trained.read(MODELS).outputs
        try:
            self._program = runtime.Runtime.get().load_program(artifact)
            self._forward = self._program.load_method("forward")
        except (RuntimeError, OSError) as error:
            raise ContractError(
                f"{artifact} does not load in ExecuTorch; "
                f"export it again with the installed version: {error}"
            ) from error

    def predict(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Return the outputs by name, for inputs by name.

        The program takes one example at a time, as a phone has them. Raises
        ContractError if ExecuTorch fails on the way.
        """
        rows = [
            self._predict_one([column[np.newaxis] for column in row])
            for row in zip(*inputs.values(), strict=True)
        ]
        columns = map(np.concatenate, zip(*rows, strict=True))
        return dict(zip(self._outputs, columns, strict=True))

    def _predict_one(self, inputs: list[NDArray[Any]]) -> list[NDArray[Any]]:
        try:
            outputs = self._forward.execute(list(map(torch.from_numpy, inputs)))
        except RuntimeError as error:
            raise ContractError(
                "ExecuTorch cannot run the program; write the network with other "
                f"operators: {error}"
            ) from error
        # The next call writes over the memory of this one's outputs.
        return [np.array(output.numpy()) for output in outputs]
