"""Networks that branch."""

import pytest
import torch
from project.contract import ContractError, convert
from torch import Tensor, nn


class Branching(nn.Module):
    """Does one thing with bright images, another with dark ones."""

    def forward(self, images: Tensor) -> Tensor:
        """Branch on the value of a tensor, which a trace does not hold."""
        return images + 1 if images.sum() > 0 else images * 2


def test_branches_are_refused() -> None:
    """The trace would hold one of the two; the message says what to write instead."""
    with pytest.raises(ContractError, match=r"keras\.ops\.where"):
        convert.to_graph(Branching(), (torch.zeros(2, 8, 8),))
