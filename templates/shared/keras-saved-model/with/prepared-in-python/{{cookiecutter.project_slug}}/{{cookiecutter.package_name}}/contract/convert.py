"""Convert the Keras network to a SavedModel."""

from pathlib import Path

import keras

from . import graphs
from .network import Network


def write_artifact(network: Network, path: Path) -> None:
    """Write the network with its named inputs and outputs and its free dimensions.

    Raises ContractError where TensorFlow cannot express the network.
    """
    archive = keras.export.ExportArchive()
    archive.track(network.module)
    with graphs.exporting_to("a SavedModel"):
        archive.add_endpoint(
            "serving_default",
            lambda *inputs: network.serve(
                dict(zip(network.inputs, inputs, strict=True))
            ),
            graphs.specs(network.inputs),
        )
        archive.write_out(str(path), verbose=False)
