"""What a client's command sends."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class ArgumentError(Exception):
    """What a command was given cannot be sent; the message says why."""


class Request(NamedTuple):
    """Inputs by name, and the signature of the model that they are for."""

    inputs: Mapping[str, Any]
    signature_name: str = "serving_default"
