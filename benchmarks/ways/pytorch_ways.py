"""PyTorch: a module, and a loop of one's own."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from onnx_session import one_thread_session
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

VERSION = f"PyTorch {torch.__version__}"
BATCH = 64

torch.set_num_threads(1)
torch.manual_seed(0)


class Network(nn.Module):
    """Two convolutions and a linear layer, as in the other two files."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, 32, 3, padding=1)
        self.second = nn.Conv2d(32, 64, 3, padding=1)
        self.dense = nn.Linear(4 * 4 * 64, 10)

    def forward(self, images: Tensor) -> Tensor:
        """Return logits (batch, 10) for images (batch, 8, 8)."""
        x = torch.relu(self.first(images.unsqueeze(1)))
        x = nn.functional.max_pool2d(x, 2)
        x = torch.relu(self.second(x))
        return self.dense(x.flatten(1))


network = Network()
serving = nn.Sequential(network, nn.Softmax(dim=1))


def trainers(images: Any, labels: Any) -> dict[str, Callable[[int], None]]:
    """Return ways to train for some epochs."""
    tensors = TensorDataset(torch.from_numpy(images), torch.from_numpy(labels))
    batches = DataLoader(tensors, batch_size=BATCH, shuffle=True, drop_last=True)
    return {
        "eager": _trainer(batches, network),
        "compiled": _trainer(batches, torch.compile(network)),
    }


def _trainer(
    batches: DataLoader[tuple[Tensor, ...]], model: Callable[[Tensor], Tensor]
) -> Callable[[int], None]:
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)

    def train(epochs: int) -> None:
        for _ in range(epochs):
            for images, labels in batches:
                loss = nn.functional.cross_entropy(model(images), labels)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()

    return train


def finish(images: Any, labels: Any) -> float:
    """Return the accuracy on what it was trained on: proof that it learns."""
    serving.eval()
    with torch.inference_mode():
        guesses = serving(torch.from_numpy(images)).argmax(dim=1).numpy()
    return float((guesses == labels).mean())


def predictors() -> dict[str, Callable[[Any], Any]]:
    """Return ways to get probabilities (batch, 10) for images (batch, 8, 8)."""
    file = Path(tempfile.mkdtemp()) / "model.onnx"
    example = torch.zeros(2, 8, 8)
    batch = torch.export.Dim("batch")
    torch.onnx.export(
        serving,
        (example,),
        file,
        dynamo=True,
        dynamic_shapes=({0: batch},),
        verbose=False,
    )
    exported = torch.export.export(
        serving, (example,), dynamic_shapes=({0: batch},)
    ).module()
    session = one_thread_session(file)
    name = session.get_inputs()[0].name
    return {
        "eager": _without_gradients(serving),
        "compiled": _without_gradients(torch.compile(serving, dynamic=True)),
        "exported, torch.export": _without_gradients(exported),
        "exported, ONNX Runtime": lambda x: session.run(None, {name: x})[0],
    }


def _without_gradients(model: Callable[[Tensor], Tensor]) -> Callable[[Any], Any]:
    def predict(images: Any) -> Any:
        with torch.inference_mode():
            return model(torch.from_numpy(images)).numpy()

    return predict
