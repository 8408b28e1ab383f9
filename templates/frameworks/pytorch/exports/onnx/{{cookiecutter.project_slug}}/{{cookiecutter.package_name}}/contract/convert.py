"""Convert the PyTorch network to ONNX."""

import logging
from pathlib import Path

import torch
from torch import nn

from ..data import IMAGE_SHAPE
from ..model import with_probabilities


def write_artifact(network: nn.Module, path: Path) -> None:
    """Write the network with one named input and output and a free batch dimension."""
    # The exporter warns of every operator of torchvision where that is not installed.
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    torch.onnx.export(
        with_probabilities(network),
        # Two examples: a dimension of one would be taken for a constant.
        (torch.zeros(2, *IMAGE_SHAPE),),
        path,
        input_names=["image"],
        output_names=["probabilities"],
        dynamic_shapes=({0: torch.export.Dim("batch")},),
        external_data=False,
        dynamo=True,
        verbose=False,
    )
