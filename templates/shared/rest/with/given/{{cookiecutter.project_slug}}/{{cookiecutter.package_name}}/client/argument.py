"""Files with inputs as requests."""

import json
from pathlib import Path

from ..contract import Signature, to_array
from .request import ArgumentError, Request

HELP = "a file: JSON with the inputs by name, such as artifacts/golden.json"


def read(argument: str, signature: Signature) -> Request:
    """Return the request for the inputs in a file.

    Raises ArgumentError if it does not hold them, or cannot be read.
    """
    file = Path(argument)
    try:
        fields = json.loads(file.read_text("utf-8"))
        if fields.keys() != signature.inputs.keys():
            fields = fields["inputs"]
        inputs = {
            name: to_array(fields[name], spec.dtype)
            for name, spec in signature.inputs.items()
        }
    except OSError as error:
        raise ArgumentError(f"cannot read {file}: {error.strerror}") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        names = ", ".join(signature.inputs)
        message = f"{file} is not a JSON object with {names}: {error}."
        raise ArgumentError(message) from error
    return Request(inputs)
