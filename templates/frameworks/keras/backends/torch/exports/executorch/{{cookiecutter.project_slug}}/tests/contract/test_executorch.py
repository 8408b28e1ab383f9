"""What the exporter makes for ExecuTorch, and what it refuses."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from {{ cookiecutter.package_name }} import model
from {{ cookiecutter.package_name }}.contract import ContractError, convert
from {{ cookiecutter.package_name }}.contract.runtime import Runtime
from {{ cookiecutter.package_name }}.contract.served import Served


class Branching(nn.Module):
    """Does one thing with bright images, another with dark ones."""

    def forward(self, images: Tensor) -> Tensor:
        """Branch on the value of a tensor, which no graph holds."""
        return images + 1 if images.sum() > 0 else images * 2


class Decomposing(nn.Module):
    """Uses an operator that ExecuTorch lacks."""

    def forward(self, images: Tensor) -> Tensor:
        """Return the singular values."""
        return torch.linalg.svd(images)[1]


class Multiplying(nn.Module):
    """Multiplies with a matrix, and with one for each image."""

    def forward(self, images: Tensor) -> Tensor:
        """Return products (batch, 8, 8)."""
        return images @ torch.arange(64.0).reshape(8, 8) @ images


def test_a_tidied_graph_computes_the_same() -> None:
    """Before anything is quantised, and for values that were not exported with."""
    network = Served(model.build())
    images = torch.rand(1, 8, 8)
    graph = convert.tidied(convert.to_graph(network))
    assert torch.allclose(graph.module()(images), network(images), atol=1e-6)


def test_only_products_with_a_matrix_become_layers(tmp_path: Path) -> None:
    """A product of two batches stays one, and the result is the same."""
    artifact = tmp_path / "model.pte"
    graph = convert.tidied(convert.to_graph(Multiplying()))
    artifact.write_bytes(convert.lower(graph))
    images = torch.rand(3, 8, 8)
    (actual,) = Runtime(artifact).predict({"image": images.numpy()}).values()
    assert torch.allclose(torch.from_numpy(actual), Multiplying()(images))


def test_branches_are_refused() -> None:
    """The message says what to write instead."""
    with pytest.raises(ContractError, match=r"keras\.ops\.where"):
        convert.to_graph(Branching())


def test_operators_that_executorch_lacks_are_refused() -> None:
    """The message names the operator."""
    with pytest.raises(ContractError, match="svd"):
        convert.lower(convert.tidied(convert.to_graph(Decomposing())))


def test_a_network_for_other_images_is_refused() -> None:
    """Wrong rank: a network for flat images."""
    with pytest.raises(ContractError, match="does not take images"):
        convert.to_graph(nn.Linear(64, 10))


@pytest.mark.parametrize("content", [b"", b"none", bytes(4) + b"ET99" + bytes(99)])
def test_what_is_no_program_is_refused(tmp_path: Path, content: bytes) -> None:
    """Also a program of a version that this runtime does not know."""
    artifact = tmp_path / "model.pte"
    artifact.write_bytes(content)
    with pytest.raises(ContractError, match="does not load"):
        Runtime(artifact)
