"""The network, in PyTorch. Replace `TextClassifier` with your own."""

from torch import Tensor, nn

from .contract import Task
from .contract.preprocessing import PADDING

OUTPUTS = ("probabilities",)
LEARNING_RATE = 5e-3

loss = nn.CrossEntropyLoss()


class TextClassifier(nn.Module):
    """A vector for each token, their mean, and a linear layer: a logit for each label.

    In place of the mean, a recurrent layer (`nn.GRU`) or attention
    (`nn.TransformerEncoderLayer`) would see the order of the tokens, too.
    """

    def __init__(self, tokens: int, labels: int) -> None:
        """Create the layers, with random weights."""
        super().__init__()
        # The vector of padding is zero, and stays so.
        self.embedding = nn.Embedding(tokens, 64, padding_idx=PADDING)
        self.dropout = nn.Dropout(0.3)
        self.classify = nn.Linear(64, labels)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return logits (batch, labels) for tokens (batch, length)."""
        total = self.embedding(tokens).sum(dim=1)  # (batch, 64)
        count = (tokens != PADDING).sum(dim=1, keepdim=True).clamp(min=1)
        return self.classify(self.dropout(total / count))


def build(task: Task) -> nn.Module:
    """Return an untrained network, which takes what `prepare` makes, in order."""
    return TextClassifier(task.preprocessing.size, len(task.labels))


def serving(network: nn.Module) -> nn.Module:
    """Return the network for serving, which gives the OUTPUTS: probabilities."""
    return nn.Sequential(network, nn.Softmax(dim=1))
