"""Examples of the model's inputs, of the right types and shapes alone."""

import torch
from torch import Tensor

from .signature import TensorSpec

FREE = 7  # a size that a free dimension can have


def zeros(inputs: dict[str, TensorSpec], examples: int = 2) -> tuple[Tensor, ...]:
    """Return inputs of zeros, in order.

    By default two examples: a dimension of one would be taken for a constant.
    """
    return tuple(
        torch.zeros(
            examples,
            *(size or FREE for size in spec.shape[1:]),
            dtype=getattr(torch, spec.dtype),
        )
        for spec in inputs.values()
    )
