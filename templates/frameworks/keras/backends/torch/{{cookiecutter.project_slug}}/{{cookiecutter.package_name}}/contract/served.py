"""The network as torch's exporters take it."""

from torch import Tensor, nn

from .network import Network


class Served(nn.Module):
    """A network with inputs and outputs in order, without what only training needs."""

    def __init__(self, network: Network) -> None:
        """Wrap the network."""
        super().__init__()
        self.network = network.module
        self.names = list(network.inputs)
        self.eval()

    def forward(self, *inputs: Tensor) -> Tensor | tuple[Tensor, ...]:
        """Return the outputs; a single one as itself."""
        named = dict(zip(self.names, inputs, strict=True))
        outputs = tuple(self.network(named, training=False).values())
        return outputs if len(outputs) > 1 else outputs[0]


def served(network: Network) -> nn.Module:
    """Return the network for serving."""
    return Served(network)
