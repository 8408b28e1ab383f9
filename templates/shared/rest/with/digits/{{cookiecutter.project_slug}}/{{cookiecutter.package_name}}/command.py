"""What the clients' commands send, and what they print."""

from pathlib import Path

import numpy as np

from . import images
from .contract import Signature, Tensors

HELP = "light ink on a dark background"


class FileError(Exception):
    """The file cannot be sent; the message says why."""


def read(file: Path, signature: Signature) -> Tensors:
    """Return the image in a file as inputs.

    Raises FileError if it holds none, and OSError if it cannot be read.
    """
    try:
        return {"image": images.read(file, signature.preprocessing)}
    except images.ImageError as error:
        raise FileError(str(error)) from error


def show(outputs: Tensors, signature: Signature) -> str:
    """Return the three most probable labels, a line each."""
    (probabilities,) = outputs["probabilities"]
    best = np.argsort(probabilities)[::-1][:3]
    lines = (f"{signature.labels[i]}  {probabilities[i]:.1%}" for i in best)
    return "\n".join(lines)
