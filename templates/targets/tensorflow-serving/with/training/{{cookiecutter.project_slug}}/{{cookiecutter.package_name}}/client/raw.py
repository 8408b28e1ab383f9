"""Raw values as requests: they are sent as they are, and prepared in the graph."""

from pathlib import Path
from typing import Any

from ..contract import Signature
from ..contract.raw import Columns
from .request import Request


def to_request(raw: Columns, _signature: Signature) -> Request:
    """Return the request for raw values by column; of a path, the file is sent."""
    sent = {name: list(map(_sent, column.tolist())) for name, column in raw.items()}
    return Request(sent, "raw")


def _sent(value: Any) -> Any:
    return value.read_bytes() if isinstance(value, Path) else value
