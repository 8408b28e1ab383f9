"""Convert the network to ONNX."""

import logging
from pathlib import Path
from typing import Any

import torch

from . import refusals
from .inputs import zeros
from .network import Network
from .served import served


def write_artifact(network: Network, path: Path) -> None:
    """Write the network with named inputs and outputs and its free dimensions.

    Raises ContractError where ONNX cannot express the network.
    """
    # The exporter warns of every operator of torchvision where that is not installed.
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    module, examples = served(network), zeros(network.inputs)
    try:
        torch.onnx.export(
            module,
            examples,
            path,
            input_names=list(network.inputs),
            output_names=list(network.outputs),
            dynamic_shapes=dynamic(module, examples, network),
            external_data=False,
            dynamo=True,
            verbose=False,
        )
    except Exception as error:  # torch's exporter has no one base class for its errors
        raise refusals.of_export("ONNX", error) from error


def dynamic(
    module: torch.nn.Module, examples: tuple[torch.Tensor, ...], network: Network
) -> Any:
    """Return which dimensions are free; sizes of one name belong together."""
    batch = torch.export.Dim("batch")
    shapes = torch.export.ShapesCollection()
    for example, spec in zip(examples, network.inputs.values(), strict=True):
        shapes[example] = {
            axis: batch if axis == 0 else torch.export.Dim.AUTO
            for axis, size in enumerate(spec.shape)
            if size is None
        }
    return shapes.dynamic_shapes(module, examples)
