"""Keras' legacy HDF5 files, which take h5py to read: another interpreter does."""

from dataclasses import replace

from dlscaffold.errors import ScaffoldError
from dlscaffold.models.description import Contents, Source
from dlscaffold.models.readers import interpreter, keras
from dlscaffold.models.values import parse_json


def read(source: Source) -> Contents:
    """Return what the configuration in the file says."""
    if source.python is None:
        raise ScaffoldError(
            f"{source.path} is an HDF5 file, which h5py reads: name an interpreter "
            "that has it, as every environment with Keras does, with --python."
        )
    found = interpreter.call(source, "hdf5", {"path": str(source.path.resolve())})
    if not isinstance(found.get("config"), str):
        raise ScaffoldError(
            f"{source.path} holds weights but no model: save the whole model, with "
            "`model.save('model.keras')`."
        )
    config = parse_json(found["config"].encode())
    contents = keras.contents_of(config, found.get("version"), source)
    return replace(contents, parameters=found["parameters"])
