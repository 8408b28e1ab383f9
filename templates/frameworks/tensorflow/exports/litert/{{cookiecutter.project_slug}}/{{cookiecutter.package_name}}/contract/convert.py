"""Convert the network to LiteRT."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tensorflow as tf

from . import graphs
from .litert import converted, quantizing
from .network import Network
from .tensors import Tensors


def write_artifact(network: Network, path: Path) -> None:
    """Write a model for one example at a time, with its named inputs and outputs.

    Raises ContractError where LiteRT cannot express the network.
    """
    with converter(network) as exact:
        path.write_bytes(converted(exact))


def write_quantized(network: Network, path: Path, examples: Tensors) -> None:
    """Write the model in int8, its ranges taken from the examples."""
    with converter(network) as exact:
        path.write_bytes(converted(quantizing(exact, examples)))


@contextmanager
def converter(network: Network) -> Iterator[tf.lite.TFLiteConverter]:
    """Lend a converter that reads the network from a folder."""
    serve = graphs.serving(network.serve, network.inputs, batch=1)
    with tempfile.TemporaryDirectory() as folder:
        with graphs.exporting_to("LiteRT"):
            tf.saved_model.save(network.module, folder, signatures=serve)
        yield tf.lite.TFLiteConverter.from_saved_model(folder)
