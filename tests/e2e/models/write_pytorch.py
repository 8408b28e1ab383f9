"""Write models with random weights in each of PyTorch's formats.

python write_pytorch.py FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch


class Encoder(torch.nn.Module):
    """Tokens in, a score for each sequence out."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = torch.nn.Embedding(100, 16)
        layer = torch.nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        self.encoder = torch.nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
        self.head = torch.nn.Linear(16, 2)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Return scores of shape (batch, 2)."""
        return self.head(self.encoder(self.embed(tokens)).mean(1))


class Nested(torch.nn.Module):
    """Inputs in a dictionary; outputs in another, one of them an input again."""

    def forward(self, pair: dict[str, torch.Tensor]) -> dict[str, object]:
        """Return the sum of the pair, and the pair, its second part doubled."""
        left, right = pair["left"], pair["right"]
        return {"sum": left + right, "pair": (left, right * 2)}


class Weighted(torch.nn.Module):
    """Steps first, at most twelve of them; a weight is an output as well."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.rand(4))

    def forward(
        self, steps: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the sum of all steps, weighted, and the weights."""
        return (steps * mask.t().unsqueeze(-1)).sum(0) * self.weight, self.weight


class Recurrent(torch.nn.Module):
    """A tuple in a tuple out, as an LSTM has it."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = torch.nn.LSTM(2, 4, batch_first=True)

    def forward(self, steps: torch.Tensor) -> tuple[torch.Tensor, object]:
        """Return the outputs of all steps, and the last states."""
        outputs, states = self.lstm(steps)
        return outputs, states


def write(folder: Path) -> None:
    """Write every model."""
    network = Encoder().eval()
    tokens = torch.zeros(2, 7, dtype=torch.int64)
    free = {"tokens": {0: torch.export.Dim("batch"), 1: torch.export.Dim("length")}}
    program = torch.export.export(network, (tokens,), dynamic_shapes=free)
    torch.export.save(program, folder / "encoder.pt2")
    traced = torch.jit.trace(network, tokens, check_trace=False)
    traced.save(folder / "encoder.pt")
    traced._save_for_lite_interpreter(str(folder / "encoder.ptl"))
    pair = {name: torch.zeros(2, 3) for name in ("left", "right")}
    batch = torch.export.Dim("batch")
    free_pair = {"pair": {"left": {0: batch}, "right": {0: batch}}}
    nested = torch.export.export(Nested(), (pair,), dynamic_shapes=free_pair)
    torch.export.save(nested, folder / "nested.pt2")
    length = torch.export.Dim("length", max=12)
    masked = (torch.zeros(7, 3, 4), torch.zeros(3, 7))
    crossed = {"steps": {0: length, 1: batch}, "mask": {0: batch, 1: length}}
    weighted = torch.export.export(Weighted(), masked, dynamic_shapes=crossed)
    torch.export.save(weighted, folder / "weighted.pt2")
    recurrent = torch.jit.trace(Recurrent().eval(), torch.zeros(2, 5, 2))
    recurrent.save(folder / "recurrent.pt")
    torch.save(network.state_dict(), folder / "state.pt")
    torch.save(network, folder / "module.pt")
    torch.onnx.export(
        network,
        (tokens,),
        folder / "encoder.onnx",
        dynamo=True,
        external_data=True,
        dynamic_shapes=free,
    )
    write_executorch(folder / "small.pte")


def write_executorch(path: Path) -> None:
    """Write a program for ExecuTorch, lowered to no backend."""
    from executorch.exir import to_edge

    network = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.ReLU()).eval()
    program = torch.export.export(network, (torch.zeros(1, 4),))
    path.write_bytes(to_edge(program).to_executorch().buffer)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
