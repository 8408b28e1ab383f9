"""The trained network, run by Keras itself: what exported forms compare with."""

from collections.abc import Callable

import keras

from ..contract.network import Network
from ..contract.tensors import Tensors

Predict = Callable[[Tensors], Tensors]


def ways(network: Network) -> dict[str, Predict]:
    """Return functions from inputs to outputs, by what Keras calls them."""

    def eager(inputs: Tensors) -> Tensors:
        outputs = network.serve(dict(inputs))
        return {k: keras.ops.convert_to_numpy(v) for k, v in outputs.items()}

    return {"eager": eager, "model.predict": network.predict}
