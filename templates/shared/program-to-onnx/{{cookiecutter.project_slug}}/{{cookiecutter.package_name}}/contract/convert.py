"""Convert the model to ONNX."""

import logging
from pathlib import Path
from typing import Any

import torch

from ..model import program
from ..settings import MODELS
from . import original
from .files import ContractError


def write_artifact(network: Any, path: Path) -> None:
    """Write the model with its named inputs and outputs, free dimensions left free.

    Raises ContractError for what ONNX cannot express.
    """
    # The exporter warns of every operator of torchvision where that is not installed.
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    given = original.find(MODELS)
    graph = program(network)
    try:
        torch.onnx.export(
            graph,
            (),
            path,
            input_names=list(given.inputs),
            output_names=given.outputs,
            external_data=False,
            dynamo=True,
            verbose=False,
        )
    except torch.onnx.errors.OnnxExporterError as error:
        raise ContractError(
            "ONNX cannot express the model; deploy it with another target: "
            f"{original.first_line(error)}"
        ) from error
