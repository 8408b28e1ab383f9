"""Convert the network to ONNX."""

import logging
from pathlib import Path

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
    try:
        torch.onnx.export(
            served(network),
            zeros(network.inputs),
            path,
            input_names=list(network.inputs),
            output_names=list(network.outputs),
            dynamic_shapes=dynamic(network),
            external_data=False,
            dynamo=True,
            verbose=False,
        )
    except Exception as error:  # torch's exporter has no one base class for its errors
        raise refusals.of_export("ONNX", error) from error


def dynamic(network: Network) -> object:
    """Return which dimensions are free; sizes of one name belong together."""
    batch = torch.export.Dim("batch")
    return tuple(
        {
            axis: batch if axis == 0 else torch.export.Dim.AUTO
            for axis, size in enumerate(spec.shape)
            if size is None
        }
        for spec in network.inputs.values()
    )
