"""Write the network as a SavedModel."""

from pathlib import Path

import tensorflow as tf

from ..prepare import graph, raw_specs
from . import graphs
from .network import Network


def write_artifact(network: Network, path: Path) -> None:
    """Write two signatures, for the model's inputs and for raw values.

    Raises ContractError where TensorFlow cannot express the network.
    """
    how = network.task.preprocessing

    @tf.function(input_signature=raw_specs(how))
    def serve_raw(*columns: tf.Tensor) -> graphs.Named:
        return network.serve(graph(columns, how))

    signatures = {
        "serving_default": graphs.serving(network.serve, network.inputs),
        "raw": serve_raw,
    }
    with graphs.exporting_to("a SavedModel"):
        tf.saved_model.save(network.module, str(path), signatures=signatures)
