"""The network, in PyTorch. Replace `RowClassifier` with your own."""

import torch
from torch import Tensor, nn

from .contract import Task
from .contract.preprocessing import Preprocessing

OUTPUTS = ("probabilities",)
LEARNING_RATE = 2e-3
DROPOUT = 0.2
EMBEDDING = 8  # numbers that stand for a category

loss = nn.CrossEntropyLoss()


class RowClassifier(nn.Module):
    """Embedded categories and scaled numbers into two layers, then logits."""

    def __init__(self, how: Preprocessing, labels: int) -> None:
        """Create the layers, with random weights."""
        super().__init__()
        self.embed = nn.Embedding(max(how.vocabulary, 1), EMBEDDING)
        size = how.width + EMBEDDING * len(how.categories)
        self.first = nn.Linear(size, 64)
        self.dropout = nn.Dropout(DROPOUT)
        self.second = nn.Linear(64, 64)
        self.classify = nn.Linear(64, labels)

    def forward(self, first: Tensor, second: Tensor | None = None) -> Tensor:
        """Return logits (batch, labels) for `numbers`, `categories`, or both."""
        given = [first] if second is None else [first, second]
        hidden = torch.cat([self.flat(one) for one in given], dim=1)
        hidden = self.dropout(torch.relu(self.first(hidden)))
        return self.classify(torch.relu(self.second(hidden)))

    def flat(self, given: Tensor) -> Tensor:
        """Return numbers as they are, and a vector for each category: (batch, n)."""
        return given if given.is_floating_point() else self.embed(given).flatten(1)


class Probabilities(nn.Module):
    """A network whose logits become probabilities."""

    def __init__(self, network: nn.Module) -> None:
        """Take the network."""
        super().__init__()
        self.network = network

    def forward(self, first: Tensor, second: Tensor | None = None) -> Tensor:
        """Return the probabilities of the labels: (batch, labels)."""
        return torch.softmax(self.network(first, second), dim=1)


def build(task: Task) -> nn.Module:
    """Return an untrained network, which takes what `prepare` makes, in order."""
    return RowClassifier(task.preprocessing, len(task.labels))


def serving(network: nn.Module) -> nn.Module:
    """Return the network for serving, which gives the OUTPUTS."""
    return Probabilities(network)
