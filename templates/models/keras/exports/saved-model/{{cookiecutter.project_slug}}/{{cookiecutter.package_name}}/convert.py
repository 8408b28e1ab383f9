"""Convert the model to a SavedModel."""

from pathlib import Path

import keras

from .model import serving


def write_artifact(network: keras.Model, path: Path) -> None:
    """Write the model with its named and typed signature."""
    archive = keras.export.ExportArchive()
    archive.track(network)
    archive.add_endpoint("serving_default", serving(network))
    archive.write_out(str(path), verbose=False)
