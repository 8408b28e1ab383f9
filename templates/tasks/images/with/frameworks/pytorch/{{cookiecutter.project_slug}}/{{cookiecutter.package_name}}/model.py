"""The network, in PyTorch. Replace `PictureClassifier` with your own."""

import torch
from torch import Tensor, nn

from .contract import Task

OUTPUTS = ("probabilities",)
LEARNING_RATE = 2e-3

loss = nn.CrossEntropyLoss()


class Block(nn.Module):
    """What a convolution finds in an image, in half its height and width."""

    def __init__(self, channels: int, filters: int) -> None:
        """Create the layers, with random weights."""
        super().__init__()
        self.convolve = nn.Conv2d(channels, filters, kernel_size=3, padding=1)
        self.normalize = nn.GroupNorm(8, filters)

    def forward(self, image: Tensor) -> Tensor:
        """Return features (batch, filters, height / 2, width / 2)."""
        hidden = torch.relu(self.normalize(self.convolve(image)))
        return nn.functional.max_pool2d(hidden, 2)


class PictureClassifier(nn.Module):
    """Three convolutions and a linear layer, from pictures to one logit per label."""

    def __init__(self, channels: int, labels: int) -> None:
        """Create the layers, with random weights."""
        super().__init__()
        self.blocks = nn.Sequential(Block(channels, 32), Block(32, 64), Block(64, 128))
        self.dropout = nn.Dropout(0.3)
        self.classify = nn.Linear(128, labels)

    def forward(self, image: Tensor) -> Tensor:
        """Return logits (batch, labels) for (batch, height, width, channels)."""
        hidden = image.permute(0, 3, 1, 2)  # convolutions want channels first
        hidden = self.blocks(hidden).mean(dim=(2, 3))  # (batch, 128)
        return self.classify(self.dropout(hidden))


def build(task: Task) -> nn.Module:
    """Return an untrained network, which takes what `prepare` makes, in order."""
    return PictureClassifier(task.preprocessing.channels, len(task.labels))


def serving(network: nn.Module) -> nn.Module:
    """Return the network for serving, which gives the OUTPUTS: probabilities."""
    return nn.Sequential(network, nn.Softmax(dim=1))
