"""Picture files as requests."""

from pathlib import Path

from ..contract import Signature
from ..contract.raw import RawError, column
from .raw import to_request
from .request import ArgumentError, Request

HELP = "a picture file, such as reports/example.png"


def read(argument: str, signature: Signature) -> Request:
    """Return the request for the picture in a file; raises ArgumentError."""
    try:
        picture = column([Path(argument).read_bytes()])
        return to_request({"image": picture}, signature)
    except OSError as error:
        message = f"cannot read {argument}: {error.strerror}"
        raise ArgumentError(message) from error
    except RawError as error:
        raise ArgumentError(str(error)) from error
