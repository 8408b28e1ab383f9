"""Image files as requests."""

from pathlib import Path

from .. import prepare
from ..contract import Signature
from .request import FileError, Request

HELP = "an image file: light ink on a dark background"


def read(file: Path, signature: Signature) -> Request:
    """Return the request for the image in a file.

    Raises FileError if it holds none, and OSError if it cannot be read.
    """
    try:
        return Request({"image": prepare.read(file, signature.task.preprocessing)})
    except prepare.ImageError as error:
        raise FileError(str(error)) from error
