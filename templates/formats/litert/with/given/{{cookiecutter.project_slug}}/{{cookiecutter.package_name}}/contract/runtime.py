"""Run the exported model with LiteRT, as an app does on the phone."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

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
        """Return the outputs by name, for inputs by name."""
        return dict(self._run(**inputs))
