"""Convert the network to ONNX."""

import logging
from pathlib import Path
from typing import Any

import torch

from ..data import IMAGE_SHAPE
from .served import served


def write_artifact(network: Any, path: Path) -> None:
    """Write the network with one named input and output and a free batch dimension."""
    # The exporter warns of every operator of torchvision where that is not installed.
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    torch.onnx.export(
        served(network),
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
