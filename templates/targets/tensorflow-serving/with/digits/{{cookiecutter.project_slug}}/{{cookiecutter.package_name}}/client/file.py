"""Image files as requests: they are sent as they are, and decoded in the graph."""

from pathlib import Path

from ..contract import Signature
from .request import Request

HELP = "an image file: light ink on a dark background"


def read(file: Path, _signature: Signature) -> Request:
    """Return the request for an image file; raises OSError if it cannot be read."""
    return Request({"image_bytes": [file.read_bytes()]}, "encoded_images")
