"""Raw values as requests: prepared here, and sent as the model's inputs."""

from ..contract import Signature
from ..contract.raw import Columns
from ..prepare import prepare
from .request import Request


def to_request(raw: Columns, signature: Signature) -> Request:
    """Return the request for raw values by column; raises RawError."""
    return Request(prepare(raw, signature.task.preprocessing))
