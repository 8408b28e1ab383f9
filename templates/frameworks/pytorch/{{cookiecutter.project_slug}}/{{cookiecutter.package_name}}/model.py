"""The network, in PyTorch. Replace `DigitClassifier` with your own."""

from pathlib import Path
from pickle import UnpicklingError

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from .contract import ContractError
from .data import IMAGE_SHAPE, LABELS

FRAMEWORK = ("pytorch", str(torch.__version__))
FILE = "model.pt"


class DigitClassifier(nn.Module):
    """Two convolutions and a linear layer, from images to one logit for each label."""

    def __init__(self) -> None:
        """Create the layers, with random weights."""
        super().__init__()
        height, width = IMAGE_SHAPE
        self.first = nn.Conv2d(1, 32, kernel_size=3, padding=1)
        self.second = nn.Conv2d(32, 64, kernel_size=3, padding=1)
        self.dropout = nn.Dropout(0.3)
        self.classify = nn.Linear(64 * (height // 2) * (width // 2), len(LABELS))

    def forward(self, images: Tensor) -> Tensor:
        """Return logits (batch, labels) for images (batch, height, width)."""
        hidden = images.unsqueeze(1)  # convolutions want a channel axis
        hidden = torch.relu(self.first(hidden))
        hidden = nn.functional.max_pool2d(hidden, 2)
        hidden = torch.relu(self.second(hidden))
        return self.classify(self.dropout(hidden.flatten(1)))


def build() -> nn.Module:
    """Return an untrained network: images (batch, 8, 8) in, logits (batch, 10) out."""
    return DigitClassifier()


def with_probabilities(network: nn.Module) -> nn.Module:
    """Return the network for serving: no dropout, and probabilities for logits."""
    return nn.Sequential(network, nn.Softmax(dim=1)).eval()


def save(network: nn.Module, folder: Path) -> Path:
    """Write the trained weights and return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(network.state_dict(), folder / FILE)
    return folder / FILE


def load(folder: Path) -> nn.Module:
    """Return the trained network; raise ContractError if there is none."""
    file = folder / FILE
    if not file.exists():
        raise ContractError(f"{file} is missing: train the model first.")
    network = build()
    try:
        # Weights alone: a pickled module could run any code when it is loaded.
        network.load_state_dict(torch.load(file, map_location="cpu", weights_only=True))
    except (RuntimeError, TypeError, UnpicklingError, EOFError) as error:
        message = f"{file} does not fit the network: train the model again."
        raise ContractError(message) from error
    return network.eval()


def predict(network: nn.Module, images: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the probabilities (batch, labels) for images (batch, 8, 8)."""
    with torch.inference_mode():
        return with_probabilities(network)(torch.from_numpy(images)).numpy()
