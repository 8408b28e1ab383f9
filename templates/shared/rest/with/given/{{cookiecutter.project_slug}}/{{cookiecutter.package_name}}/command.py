"""What the clients' commands send, and what they print."""

import json
from pathlib import Path

from .contract import Signature, Tensors, to_array

HELP = "JSON with the inputs by name, such as artifacts/golden.json"


class FileError(Exception):
    """The file cannot be sent; the message says why."""


def read(file: Path, signature: Signature) -> Tensors:
    """Return the inputs in a file; raises FileError if it does not hold them."""
    try:
        fields = json.loads(file.read_text("utf-8"))
        if fields.keys() != signature.inputs.keys():
            fields = fields["inputs"]
        return {
            name: to_array(fields[name], spec.dtype)
            for name, spec in signature.inputs.items()
        }
    except OSError as error:
        raise FileError(f"cannot read {file}: {error.strerror}.") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        names = ", ".join(signature.inputs)
        raise FileError(f"{file} is no JSON object with {names}: {error}.") from error


def show(outputs: Tensors, _signature: Signature) -> str:
    """Return the outputs by name, as JSON."""
    values = {name: tensor.tolist() for name, tensor in outputs.items()}
    return json.dumps(values, default=bytes.decode)  # as text comes over gRPC
