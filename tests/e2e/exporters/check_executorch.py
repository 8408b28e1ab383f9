"""What the exporter makes for ExecuTorch, and what it refuses."""

from pathlib import Path

import numpy as np
import pytest
import torch
from project.contract import ContractError, convert, examples
from project.contract.runtime import Runtime
from project.contract.served import served
from torch import Tensor, nn

IMAGES = torch.rand(3, 8, 8) - 0.5
ONE = (torch.zeros(1, 8, 8),)


class Branching(nn.Module):
    """Does one thing with bright images, another with dark ones."""

    def forward(self, images: Tensor) -> Tensor:
        """Branch on the value of a tensor, which no graph holds."""
        return images + 1 if images.sum() > 0 else images * 2


class Choosing(nn.Module):
    """Does the same without a branch."""

    def forward(self, images: Tensor) -> Tensor:
        """Choose by the value of a tensor."""
        return torch.where(images.sum((1, 2), True) > 0, images + 1, images * 2)


class Decomposing(nn.Module):
    """Uses an operator that ExecuTorch lacks."""

    def forward(self, images: Tensor) -> Tensor:
        """Return the singular values."""
        return torch.linalg.svd(images)[1]


class Multiplying(nn.Module):
    """Multiplies with weights of its own, and with a matrix for each image."""

    def __init__(self) -> None:
        """Draw the weights."""
        super().__init__()
        self.weights = nn.Parameter(torch.rand(8, 256))

    def forward(self, images: Tensor) -> Tensor:
        """Return products (batch, 8, 256)."""
        return images @ images @ self.weights


@pytest.mark.parametrize("network", [Choosing(), Multiplying()])
def test_the_program_computes_the_same(network: nn.Module, tmp_path: Path) -> None:
    """For values that were not there when it was exported, too."""
    expected = network(IMAGES).detach()
    artifact = tmp_path / "model.pte"
    graph = convert.to_graph(network, ONE)
    artifact.write_bytes(convert.lower(convert.simplified(graph)))
    (actual,) = Runtime(artifact).predict({"image": IMAGES.numpy()}).values()
    assert torch.allclose(torch.from_numpy(actual), expected, atol=1e-5)


def test_a_simplified_graph_computes_the_same() -> None:
    """Before anything is quantized."""
    network = served(examples.load())
    graph = convert.simplified(convert.to_graph(network, ONE))
    assert torch.allclose(graph.module()(IMAGES[:1]), network(IMAGES[:1]), atol=1e-6)


def test_products_with_weights_are_quantized() -> None:
    """As if they were linear layers: a byte instead of four for each weight."""
    graph = convert.simplified(convert.to_graph(Multiplying(), ONE))
    int8 = convert.to_graph(convert.quantized(graph, [np.asarray(IMAGES)]), ONE)
    sizes = [len(convert.lower(one)) for one in (int8, graph)]
    assert sizes[1] - sizes[0] > 2 * 8 * 256


def test_branches_are_refused() -> None:
    """The message says where, and what not to write."""
    with pytest.raises(
        ContractError, match=r"model\.py.*none of Python's if on values"
    ):
        convert.to_graph(Branching(), ONE)


def test_operators_that_executorch_lacks_are_refused() -> None:
    """The message names the operator."""
    with pytest.raises(ContractError, match="svd"):
        convert.lower(convert.simplified(convert.to_graph(Decomposing(), ONE)))


@pytest.mark.parametrize("content", [b"", b"none", bytes(4) + b"ET99" + bytes(99)])
def test_what_is_no_program_is_refused(tmp_path: Path, content: bytes) -> None:
    """Also a program of a version that this runtime does not know."""
    artifact = tmp_path / "model.pte"
    artifact.write_bytes(content)
    with pytest.raises(ContractError, match="does not load"):
        Runtime(artifact)
