"""Raw values as requests: they are sent, and prepared in the graph."""

from ..contract import Signature
from ..contract.columns import served
from ..contract.raw import Columns
from .request import Request


def to_request(raw: Columns, signature: Signature) -> Request:
    """Return the request for raw values by column."""
    return Request(served(raw, signature.task.preprocessing), "raw")
