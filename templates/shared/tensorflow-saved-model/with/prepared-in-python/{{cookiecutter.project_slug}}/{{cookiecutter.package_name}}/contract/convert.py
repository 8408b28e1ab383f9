"""Write the network as a SavedModel."""

from pathlib import Path

import tensorflow as tf

from . import graphs
from .network import Network


def write_artifact(network: Network, path: Path) -> None:
    """Write the network with its named inputs and outputs and its free dimensions.

    Raises ContractError where TensorFlow cannot express the network.
    """
    serve = graphs.serving(network.serve, network.inputs)
    with graphs.exporting_to("a SavedModel"):
        tf.saved_model.save(network.module, str(path), signatures=serve)
