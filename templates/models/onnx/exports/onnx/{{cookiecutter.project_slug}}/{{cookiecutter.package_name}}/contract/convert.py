"""Take the ONNX model as it is, in one file."""

from pathlib import Path
from typing import Any

import onnx

from ..settings import MODELS
from . import original
from .files import ContractError


def write_artifact(_network: Any, path: Path) -> None:
    """Write the given model with the weights that may lie beside it.

    Raises ContractError if it is too large for one file.
    """
    try:
        onnx.save(onnx.load(original.find(MODELS).path), path)
    except ValueError as error:  # as a protocol buffer is at 2 GB
        raise ContractError(f"The model does not fit in one file: {error}") from error
