"""What the exporter makes for ExecuTorch, and what it refuses."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from {{ cookiecutter.package_name }}.contract import ContractError, convert
from {{ cookiecutter.package_name }}.contract.runtime import Runtime


class Branching(nn.Module):
    """Does one thing with bright images, another with dark ones."""

    def forward(self, images: Tensor) -> Tensor:
        """Branch on the value of a tensor, which no graph holds."""
        return images + 1 if images.sum() > 0 else images * 2


class Choosing(nn.Module):
    """Does the same without a branch."""

    def forward(self, images: Tensor) -> Tensor:
        """Choose by the value of a tensor."""
        return torch.where(images.sum() > 0, images + 1, images * 2)


class Decomposing(nn.Module):
    """Uses an operator that ExecuTorch lacks."""

    def forward(self, images: Tensor) -> Tensor:
        """Return the singular values."""
        return torch.linalg.svd(images)[1]


def test_choices_are_kept(tmp_path: Path) -> None:
    """The program answers for values that were not there when it was exported."""
    artifact = tmp_path / "model.pte"
    artifact.write_bytes(convert.lower(convert.to_graph(Choosing())))
    runtime = Runtime(artifact)
    images = torch.stack([torch.ones(8, 8), -torch.ones(8, 8)])
    (actual,) = runtime.predict({"image": images.numpy()}).values()
    assert torch.equal(torch.from_numpy(actual[0]), images[0] + 1)
    assert torch.equal(torch.from_numpy(actual[1]), images[1] * 2)


def test_branches_are_refused() -> None:
    """The message says what to write instead."""
    with pytest.raises(ContractError, match=r"torch\.where"):
        convert.to_graph(Branching())


def test_operators_that_executorch_lacks_are_refused() -> None:
    """The message names the operator."""
    with pytest.raises(ContractError, match="svd"):
        convert.lower(convert.to_graph(Decomposing()))


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
