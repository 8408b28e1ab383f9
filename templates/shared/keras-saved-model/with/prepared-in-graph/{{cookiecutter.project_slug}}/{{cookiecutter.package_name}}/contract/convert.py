"""Convert the Keras network to a SavedModel."""

from pathlib import Path

import keras
import tensorflow as tf

from ..prepare import graph, raw_specs
from . import graphs
from .network import Network


def write_artifact(network: Network, path: Path) -> None:
    """Write two signatures: for the model's inputs, and for raw values.

    Raises ContractError where TensorFlow cannot express the network.
    """
    archive = keras.export.ExportArchive()
    archive.track(network.module)
    how = network.task.preprocessing
    with graphs.exporting_to("a SavedModel"):
        serve = archive.add_endpoint(
            "serving_default",
            lambda *inputs: network.serve(
                dict(zip(network.inputs, inputs, strict=True))
            ),
            graphs.specs(network.inputs),
        )

        # Preparing is TensorFlow's, whichever backend computes what comes after it.
        @tf.function(input_signature=raw_specs(how))
        def serve_raw(*columns: tf.Tensor) -> graphs.Named:
            inputs = graph(columns, how)
            return serve(*(inputs[name] for name in network.inputs))

        serve_raw.get_concrete_function()
        archive.add_endpoint("raw", serve_raw)
        archive.write_out(str(path), verbose=False)
