"""Texts as requests."""

from ..contract import Signature
from ..contract.raw import column
from .raw import to_request
from .request import Request

HELP = "a text, in quotes"


def read(argument: str, signature: Signature) -> Request:
    """Return the request for a text."""
    return to_request({"text": column([argument])}, signature)
