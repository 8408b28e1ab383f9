"""The network, in PyTorch. Replace `RowRegressor` with your own."""

import torch
from torch import Tensor, nn

from .contract import Task

OUTPUTS = ("value",)
LEARNING_RATE = 2e-3
DROPOUT = 0.1
EMBEDDING = 8  # numbers that stand for a category


def loss(values: Tensor, targets: Tensor) -> Tensor:
    """Return the root of the mean squared error, in the unit of the targets."""
    return torch.sqrt(nn.functional.mse_loss(values, targets) + 1e-30)


class RowRegressor(nn.Module):
    """Embedded categories and scaled numbers into two layers, then one value."""

    def __init__(self, task: Task) -> None:
        """Create the layers, with random weights."""
        super().__init__()
        how = task.preprocessing
        self.mean, self.deviation = task.mean, task.deviation
        self.embed = nn.Embedding(max(how.vocabulary, 1), EMBEDDING)
        size = how.width + EMBEDDING * len(how.categories)
        self.first = nn.Linear(size, 64)
        self.dropout = nn.Dropout(DROPOUT)
        self.second = nn.Linear(64, 64)
        self.last = nn.Linear(64, 1)

    def forward(self, first: Tensor, second: Tensor | None = None) -> Tensor:
        """Return values (batch,) for `numbers`, `categories`, or both."""
        given = [first] if second is None else [first, second]
        hidden = torch.cat([self.flat(one) for one in given], dim=1)
        hidden = self.dropout(torch.relu(self.first(hidden)))
        hidden = torch.relu(self.second(hidden))
        scaled = self.last(hidden).squeeze(1)
        return scaled * self.deviation + self.mean  # in its own unit

    def flat(self, given: Tensor) -> Tensor:
        """Return numbers as they are, and a vector for each category: (batch, n)."""
        return given if given.is_floating_point() else self.embed(given).flatten(1)


def build(task: Task) -> nn.Module:
    """Return an untrained network, which takes what `prepare` makes, in order."""
    return RowRegressor(task)


def serving(network: nn.Module) -> nn.Module:
    """Return the network for serving, which gives the OUTPUTS."""
    return network
