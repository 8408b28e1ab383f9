"""The network as torch's exporters take it."""

import keras
from torch import Tensor, nn


class Served(nn.Module):
    """A network with one argument that has a name, without what only training needs."""

    def __init__(self, network: keras.Model) -> None:
        """Wrap the network."""
        super().__init__()
        self.network = network
        self.eval()

    def forward(self, image: Tensor) -> Tensor:
        """Return probabilities (batch, labels) for images (batch, height, width)."""
        return self.network(image, training=False)


def served(network: keras.Model) -> nn.Module:
    """Return the network for serving."""
    return Served(network)
