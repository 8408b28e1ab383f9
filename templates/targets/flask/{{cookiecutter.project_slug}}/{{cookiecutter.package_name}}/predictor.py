"""The exported model, loaded, checked, and ready to answer requests."""

from pathlib import Path

from . import contract, protocol, runtime


class Predictor:
    """Answers predict requests; both the view and the hot route go through it."""

    def __init__(self, artifacts: Path, threads: int = 1) -> None:
        """Load the model and hold it to its golden examples, which also warms it up.

        Raises ContractError if the folder does not hold the model that its signature
        names, or if that model does not do what it did when it was exported.
        """
        self.signature = contract.Signature.read(artifacts)
        golden = contract.Golden.read(artifacts, self.signature)
        self._runtime = runtime.Runtime(self.signature.verify(artifacts), threads)
        outputs = self._runtime.predict(golden.inputs)
        contract.check_parity(golden.outputs, outputs, self.signature.tolerance)

    def answer(self, body: bytes) -> bytes:
        """Return the JSON that answers a predict request; raises RequestError."""
        query = protocol.parse(body, self.signature.inputs)
        outputs = self._runtime.predict(query.inputs)
        return protocol.render(outputs, query.by_row)
