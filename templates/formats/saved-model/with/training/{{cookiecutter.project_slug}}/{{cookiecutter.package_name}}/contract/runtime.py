"""Run the exported SavedModel as TensorFlow Serving does: as a graph in a session."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tensorflow as tf
from numpy.typing import NDArray

FORMAT = "saved-model"
ARTIFACT = "saved_model/{version}"

# Raised for inputs of the right type and shape that the model still cannot take.
InputError = tf.errors.InvalidArgumentError


class Runtime:
    """The exported model, loaded."""

    def __init__(self, artifact: Path, threads: int = 1) -> None:
        """Load the artifact's serving signature into a session of its own."""
        config = tf.compat.v1.ConfigProto(intra_op_parallelism_threads=threads)
        self._session = tf.compat.v1.Session(graph=tf.Graph(), config=config)
        meta_graph = tf.compat.v1.saved_model.load(
            self._session, [tf.saved_model.SERVING], str(artifact)
        )
        signature = meta_graph.signature_def["serving_default"]
        self._inputs = sorted(signature.inputs)
        self._outputs = sorted(signature.outputs)
        self._call = self._session.make_callable(
            fetches=[signature.outputs[name].name for name in self._outputs],
            feed_list=[signature.inputs[name].name for name in self._inputs],
        )

    def predict(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Return the outputs by name, for inputs by name."""
        values = self._call(*(inputs[name] for name in self._inputs))
        return dict(zip(self._outputs, values, strict=True))
