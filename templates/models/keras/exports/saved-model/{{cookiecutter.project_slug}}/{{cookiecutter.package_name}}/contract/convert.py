"""Convert the model to a SavedModel."""

from pathlib import Path

import keras

from ..model import serving
from . import original
from .files import ContractError


def write_artifact(network: keras.Model, path: Path) -> None:
    """Write the model with its named and typed signature.

    Raises ContractError if a SavedModel cannot have its names.
    """
    archive = keras.export.ExportArchive()
    archive.track(network)
    archive.add_endpoint("serving_default", serving(network))
    try:
        archive.write_out(str(path), verbose=False)
    except ValueError as error:
        raise ContractError(
            f"A SavedModel cannot hold the model ({original.first_line(error)}): "
            "save it again with inputs and outputs whose names are letters, digits "
            "and underscores."
        ) from error
