"""Run the exported program with ExecuTorch, as an app does on the phone."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from executorch import runtime
from numpy.typing import NDArray

from .files import ContractError

FORMAT = "executorch"
ARTIFACT = "model.pte"

# The program itself names nothing: it takes its arguments by position.
OUTPUT = "probabilities"


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

    def predict(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Return the outputs by name, for inputs by name.

        The program takes one example at a time, as a phone has them. Raises
        ContractError if ExecuTorch fails on the way.
        """
        (images,) = inputs.values()
        outputs = [self._predict_one(image[np.newaxis]) for image in images]
        return {OUTPUT: np.concatenate(outputs)}

    def _predict_one(self, image: NDArray[Any]) -> NDArray[Any]:
        try:
            (output,) = self._forward.execute([torch.from_numpy(image)])
        except RuntimeError as error:
            raise ContractError(
                "ExecuTorch cannot run the program; write the network with other "
                f"operators: {error}"
            ) from error
        # The next call writes over the memory of this one's output.
        return np.array(output.numpy())
