"""The exported model, loaded, checked, and ready to answer requests."""

import time
from collections.abc import Callable
from pathlib import Path

from .. import contract
from ..contract import Tensors, runtime
from . import protocol
from .payloads import RequestError

ROUNDS = 5  # of a prediction whose time is taken


class Predictor:
    """One model in one process; views and front share it."""

    def __init__(self, artifacts: Path, threads: int = 1) -> None:
        """Load the model and check its golden examples, which also warms it up.

        Raises ContractError if the folder does not hold the model that its signature
        names, or if that model does not do what it did when it was exported.
        """
        self.signature = contract.Signature.read(artifacts)
        self.golden = contract.Golden.read(artifacts, self.signature)
        self._runtime = runtime.Runtime(self.signature.verify(artifacts), threads)
        outputs = self.predict(self.golden.inputs)
        contract.check_parity(self.golden.outputs, outputs, self.signature.tolerance)

    def predict(self, inputs: Tensors) -> Tensors:
        """Return the outputs by name, for inputs by name.

        Raises RequestError where the model cannot take such values.
        """
        try:
            return self._runtime.predict(inputs)
        except runtime.InputError as error:
            raise RequestError("The model cannot take these values.") from error

    def answer(self, body: bytes) -> bytes:
        """Return the JSON that answers a predict request; raises RequestError."""
        query = protocol.parse(body, self.signature)
        return protocol.render(self.predict(query.inputs), query.by_row)

    def seconds(
        self, examples: int | None, clock: Callable[[], float] = time.perf_counter
    ) -> float:
        """Return how long one prediction takes, by a clock, at its best.

        It is for so many examples, or for the golden ones together.
        """
        inputs = self.golden.inputs
        if examples is not None:
            inputs = {
                name: tensor.take(range(examples), axis=0, mode="wrap")
                for name, tensor in inputs.items()
            }
        times = []
        for _ in range(ROUNDS):
            start = clock()
            self.predict(inputs)
            times.append(clock() - start)
        return min(times)
