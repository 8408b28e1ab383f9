"""Run the exported model with ONNX Runtime."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import onnxruntime as ort
from numpy.typing import NDArray

from .files import ContractError

ort.disable_telemetry_events()  # a server sends no usage data

FORMAT = "onnx"
ARTIFACT = "model.onnx"

# ONNX Runtime's errors for inputs that a model cannot take; it has no public classes.
INPUT_ERRORS = ("InvalidArgument", "Fail", "RuntimeException")


class InputError(Exception):
    """The model cannot take inputs of the right type and shape."""


class Runtime:
    """The exported model, loaded."""

    def __init__(self, artifact: Path, threads: int = 1) -> None:
        """Load the artifact; raises ContractError if ONNX Runtime cannot."""
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        providers = ["CPUExecutionProvider"]
        try:
            self._session = ort.InferenceSession(artifact, options, providers=providers)
        except Exception as error:  # ONNX Runtime's own have no common base
            reason = str(error).partition("\n")[0]
            raise ContractError(
                f"ONNX Runtime cannot load {artifact}: {reason}"
            ) from error
        self._outputs = [output.name for output in self._session.get_outputs()]

    def predict(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Return the outputs by name, for inputs by name; raise InputError."""
        try:
            values = self._session.run(self._outputs, dict(inputs))
        except Exception as error:
            if type(error).__name__ in INPUT_ERRORS:
                raise InputError(str(error)) from error
            raise
        return dict(zip(self._outputs, values, strict=True))
