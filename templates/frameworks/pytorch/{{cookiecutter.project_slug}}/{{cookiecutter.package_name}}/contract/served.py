"""The network as torch's exporters take it."""

from torch import nn

from .network import Network


def served(network: Network) -> nn.Module:
    """Return the network for serving: inputs and outputs in order."""
    return network.serving()
