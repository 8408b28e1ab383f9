"""Raw values as requests: they are sent as they are, and prepared in the graph."""

from ..contract import Signature
from ..contract.raw import Columns
from .request import Request


def to_request(raw: Columns, _signature: Signature) -> Request:
    """Return the request for raw values by column."""
    return Request({name: column.tolist() for name, column in raw.items()}, "raw")
