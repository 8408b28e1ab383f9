"""Convert the serving graph to LiteRT."""

from pathlib import Path

import tensorflow as tf

from .data import IMAGE_SHAPE
from .litert import converted
from .model import DigitClassifier


def write_artifact(network: DigitClassifier, path: Path) -> None:
    """Write a model for one example at a time, with its named input and output.

    Raises ContractError where LiteRT cannot express the network.
    """

    @tf.function(
        input_signature=[tf.TensorSpec((1, *IMAGE_SHAPE), tf.float32, name="image")]
    )
    def serve_one(image: tf.Tensor) -> dict[str, tf.Tensor]:
        return network.serve(image)

    graphs = [serve_one.get_concrete_function()]
    path.write_bytes(
        converted(tf.lite.TFLiteConverter.from_concrete_functions(graphs, network))
    )
