"""The exported model, loaded, checked, and ready to answer requests."""

import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import contract, protocol, runtime
from .contract import Tensors


class Predictor:
    """One model in one process; the ordinary view and the hot route share it."""

    def __init__(self, artifacts: Path, threads: int = 1) -> None:
        """Load the model and hold it to its golden examples, which also warms it up.

        Raises ContractError if the folder does not hold the model that its signature
        names, or if that model does not do what it did when it was exported.
        """
        self.signature = contract.Signature.read(artifacts)
        self.golden = contract.Golden.read(artifacts, self.signature)
        self._runtime = runtime.Runtime(self.signature.verify(artifacts), threads)
        outputs = self.predict(self.golden.inputs)
        contract.check_parity(self.golden.outputs, outputs, self.signature.tolerance)

    def predict(self, inputs: Tensors) -> Tensors:
        """Return the outputs by name, for inputs by name."""
        return self._runtime.predict(inputs)

    def answer(self, body: bytes) -> bytes:
        """Return the JSON that answers a predict request; raises RequestError."""
        query = protocol.parse(body, self.signature.inputs)
        return protocol.render(self.predict(query.inputs), query.by_row)

    def classify(self, pixels: NDArray[np.float32]) -> dict[str, Any]:
        """Return the most probable label of one image, and all probabilities."""
        (name,) = self.signature.inputs
        probabilities = self.predict({name: pixels})["probabilities"][0]
        labels = self.signature.labels
        return {
            "label": labels[int(np.argmax(probabilities))],
            "probabilities": dict(zip(labels, map(float, probabilities), strict=True)),
        }

    def seconds(self, batch: int, rounds: int = 5) -> float:
        """Return how long one prediction for so many examples takes, at its best."""
        inputs = {
            name: tensor.take(range(batch), axis=0, mode="wrap")
            for name, tensor in self.golden.inputs.items()
        }
        times = []
        for _ in range(rounds):
            start = time.perf_counter()
            self.predict(inputs)
            times.append(time.perf_counter() - start)
        return min(times)
