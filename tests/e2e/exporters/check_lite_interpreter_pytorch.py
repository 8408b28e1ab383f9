"""Networks that branch, and networks in int8."""

from pathlib import Path

import pytest
import torch
from project.contract import ContractError, convert, lite
from project.contract.runtime import Runtime
from torch import Tensor, nn

IMAGES = torch.ones(2, 8, 8)


class Branching(nn.Module):
    """Does one thing with bright images, another with dark ones."""

    def forward(self, images: Tensor) -> Tensor:
        """Branch on the value of a tensor, which a trace does not see."""
        if bool(images.sum() > 0):
            return images + 1
        return images * 2 - 1


class Untranslatable(nn.Module):
    """Branches, and calls what TorchScript has no word for."""

    def forward(self, images: Tensor) -> Tensor:
        """Branch on a value that came out of NumPy."""
        return images + 1 if images.sum() > 0 and images.numpy().any() else images


def test_branches_are_kept(tmp_path: Path) -> None:
    """A network that branches on values is scripted: both ways lead on."""
    artifact = tmp_path / "model.ptl"
    lite.save(convert.to_graph(Branching(), (IMAGES,)), artifact)
    for images in (IMAGES, -IMAGES):
        (actual,) = Runtime(artifact).predict({"image": images.numpy()}).values()
        assert torch.equal(torch.from_numpy(actual), Branching()(images))


def test_branches_that_nothing_translates_are_refused() -> None:
    """The message says what to write instead."""
    with pytest.raises(ContractError, match=r"torch\.where"):
        convert.to_graph(Untranslatable(), (IMAGES,))


def test_quantizing_leaves_the_network_as_it_was() -> None:
    """The copy that is quantized has its own weights."""
    if convert.QNNPACK not in torch.backends.quantized.supported_engines:
        pytest.skip("this build of torch lacks QNNPACK, which quantizes")
    network = nn.Sequential(nn.Flatten(), nn.Linear(64, 10)).eval()
    before = network(IMAGES)
    convert.quantized(network, (IMAGES,))
    assert torch.equal(network(IMAGES), before)


def test_a_network_that_branches_is_not_quantized() -> None:
    """The message says what to do instead."""
    with pytest.raises(ContractError, match="without --quantize"):
        convert.quantized(Branching(), (IMAGES,))


def test_a_torch_without_qnnpack_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else computes in int8 on phones."""
    monkeypatch.setattr(convert, "QNNPACK", "none of this torch's engines")
    with pytest.raises(ContractError, match=r"quantized engine.* without --quantize"):
        convert.quantized(Branching(), (IMAGES,))
