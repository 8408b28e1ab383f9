"""Files with inputs as requests."""

import json
from pathlib import Path

from ..contract import Signature, to_array
from .request import FileError, Request

HELP = "JSON with the inputs by name, such as artifacts/golden.json"


def read(file: Path, signature: Signature) -> Request:
    """Return the request for the inputs in a file.

    Raises FileError if it does not hold them, and OSError if it cannot be read.
    """
    try:
        fields = json.loads(file.read_text("utf-8"))
        if fields.keys() != signature.inputs.keys():
            fields = fields["inputs"]
        inputs = {
            name: to_array(fields[name], spec.dtype)
            for name, spec in signature.inputs.items()
        }
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        names = ", ".join(signature.inputs)
        message = f"{file} is not a JSON object with {names}: {error}."
        raise FileError(message) from error
    return Request(inputs)
