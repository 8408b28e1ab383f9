"""The trained network, run by TensorFlow itself: what exported forms compare with."""

from collections.abc import Callable

import tensorflow as tf

from ..contract import graphs
from ..contract.network import Network
from ..contract.tensors import Tensors

Predict = Callable[[Tensors], Tensors]


def ways(network: Network) -> dict[str, Predict]:
    """Return functions from inputs to outputs, by what TensorFlow calls them."""
    graph = graphs.serving(network.serve, network.inputs)

    def compiled(inputs: Tensors) -> Tensors:
        outputs = graph(*(tf.constant(inputs[name]) for name in network.inputs))
        return {name: output.numpy() for name, output in outputs.items()}

    return {"eager": network.predict, "tf.function": compiled}
