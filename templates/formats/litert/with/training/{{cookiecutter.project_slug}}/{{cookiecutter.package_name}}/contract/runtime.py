"""Run the exported model with LiteRT, as an app does on the phone."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from .files import ContractError

FORMAT = "litert"
ARTIFACT = "model.tflite"


class Runtime:
    """The exported model, loaded."""

    def __init__(self, artifact: Path, threads: int = 1) -> None:
        """Load the artifact; raises ContractError if LiteRT cannot."""
        try:
            interpreter = Interpreter(model_path=str(artifact), num_threads=threads)
            self._run = interpreter.get_signature_runner()
        except (RuntimeError, ValueError) as error:
            raise ContractError(
                f"{artifact} does not load in LiteRT; "
                f"export it again with the installed version: {error}"
            ) from error

    def predict(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Return the outputs by name, for inputs by name.

        The model takes one example at a time, as a phone has them. Raises ContractError
        if LiteRT fails on the way.
        """
        count = len(next(iter(inputs.values())))
        rows = [
            {k: v[row][np.newaxis] for k, v in inputs.items()} for row in range(count)
        ]
        try:
            answers = [self._run(**row) for row in rows]
        except (RuntimeError, ValueError) as error:
            raise ContractError(
                "LiteRT cannot run the model; write the network with other "
                f"operators: {error}"
            ) from error
        return {
            output: np.concatenate([answer[output] for answer in answers])
            for output in answers[0]
        }
