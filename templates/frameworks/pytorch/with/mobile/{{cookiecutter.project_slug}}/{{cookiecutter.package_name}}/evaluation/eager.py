"""The trained network, run by PyTorch itself: what exported forms compare with."""

from collections.abc import Callable

from ..contract.network import Network
from ..contract.tensors import Tensors

Predict = Callable[[Tensors], Tensors]


def ways(network: Network) -> dict[str, Predict]:
    """Return functions from inputs to outputs, by what PyTorch calls them."""
    return {"eager": network.predict}
