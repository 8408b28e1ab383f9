"""Golden examples: inputs with the outputs that the training framework gave."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .files import ContractError, read_json
from .signature import Signature, TensorSpec
from .tensors import Tensors, to_array, to_lists

GOLDEN_FILE = "golden.json"


@dataclass(frozen=True)
class Golden:
    """Examples, and the outputs that the training framework gave for them."""

    inputs: Tensors
    outputs: Tensors
    # The raw values that the inputs were prepared from, by column, as in JSON.
    raw: dict[str, list[Any]] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Write `golden.json` into the folder."""
        inputs, outputs = to_lists(self.inputs), to_lists(self.outputs)
        fields = {"inputs": inputs, "outputs": outputs, "raw": self.raw}
        (folder / GOLDEN_FILE).write_text(json.dumps(fields) + "\n", "utf-8")

    @classmethod
    def read(cls, folder: Path, signature: Signature) -> "Golden":
        """Return the examples in the folder, in the signature's data types."""
        fields = read_json(folder / GOLDEN_FILE)
        try:
            inputs = _arrays(fields["inputs"], signature.inputs)
            outputs = _arrays(fields["outputs"], signature.outputs)
            return cls(inputs, outputs, fields["raw"])
        except (KeyError, TypeError, ValueError) as error:
            message = f"{folder}: {GOLDEN_FILE} does not fit; export again."
            raise ContractError(message) from error


def _arrays(lists: dict[str, Any], specs: dict[str, TensorSpec]) -> Tensors:
    return {name: to_array(lists[name], spec.dtype) for name, spec in specs.items()}
