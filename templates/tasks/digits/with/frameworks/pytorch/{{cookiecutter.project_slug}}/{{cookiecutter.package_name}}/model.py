"""The network, in PyTorch. Replace `DigitClassifier` with your own."""

import torch
from torch import Tensor, nn

from .contract import Task

OUTPUTS = ("probabilities",)
LEARNING_RATE = 2e-3

loss = nn.CrossEntropyLoss()


class DigitClassifier(nn.Module):
    """Two convolutions and a linear layer, from images to one logit for each label."""

    def __init__(self, height: int, width: int, labels: int) -> None:
        """Create the layers, with random weights."""
        super().__init__()
        self.first = nn.Conv2d(1, 32, kernel_size=3, padding=1)
        self.second = nn.Conv2d(32, 64, kernel_size=3, padding=1)
        self.dropout = nn.Dropout(0.3)
        self.classify = nn.Linear(64 * (height // 2) * (width // 2), labels)

    def forward(self, image: Tensor) -> Tensor:
        """Return logits (batch, labels) for images (batch, height, width)."""
        hidden = image.unsqueeze(1)  # convolutions want a channel axis
        hidden = torch.relu(self.first(hidden))
        hidden = nn.functional.max_pool2d(hidden, 2)
        hidden = torch.relu(self.second(hidden))
        return self.classify(self.dropout(hidden.flatten(1)))


def build(task: Task) -> nn.Module:
    """Return an untrained network, which takes what `prepare` makes, in order."""
    how = task.preprocessing
    return DigitClassifier(how.height, how.width, len(task.labels))


def serving(network: nn.Module) -> nn.Module:
    """Return the network for serving, which gives the OUTPUTS: probabilities."""
    return nn.Sequential(network, nn.Softmax(dim=1))
