"""Convert the PyTorch network to an ExecuTorch program."""

import warnings
from pathlib import Path

import numpy as np
import torch
from executorch.backends.xnnpack.partition.xnnpack_partitioner import (
    XnnpackPartitioner,
)
from executorch.backends.xnnpack.quantizer.xnnpack_quantizer import (
    XNNPACKQuantizer,
    get_symmetric_quantization_config,
)
from executorch.exir import to_edge_transform_and_lower
from numpy.typing import NDArray
from torch import nn
from torch.export import ExportedProgram
from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e

from ..data import IMAGE_SHAPE
from ..model import with_probabilities
from .files import ContractError


def write_artifact(network: nn.Module, path: Path) -> None:
    """Write a program for one example at a time, with XNNPACK where it can compute.

    Raises ContractError where ExecuTorch cannot express the network.
    """
    path.write_bytes(lower(to_graph(with_probabilities(network))))


def write_quantized(
    network: nn.Module, path: Path, examples: NDArray[np.float32]
) -> None:
    """Write the program in int8, its ranges taken from the examples.

    Raises ContractError where the network cannot be quantised.
    """
    graph = to_graph(with_probabilities(network))
    path.write_bytes(lower(to_graph(quantized(graph, examples))))


def quantized(graph: ExportedProgram, examples: NDArray[np.float32]) -> nn.Module:
    """Return the graph with its layers in int8."""
    quantizer = XNNPACKQuantizer()
    quantizer.set_global(get_symmetric_quantization_config(is_per_channel=True))
    try:
        observed = prepare_pt2e(graph.module(), quantizer)
        for example in examples:
            observed(torch.from_numpy(example[np.newaxis]))
        return convert_pt2e(observed)
    except Exception as error:  # torchao has no base class for its errors
        raise ContractError(
            f"The network cannot be quantised ({first_line(error)}): "
            "export it without --quantize."
        ) from error


def to_graph(network: nn.Module) -> ExportedProgram:
    """Return the network's graph; raises ContractError if it does not have one."""
    images = torch.zeros(1, *IMAGE_SHAPE)
    try:
        network(images)
    except (RuntimeError, TypeError, ValueError, IndexError) as error:
        raise ContractError(
            f"The network does not take images {tuple(images.shape)}; mend forward() "
            f"in model.py: {first_line(error)}"
        ) from error
    try:
        return torch.export.export(network, (images,))
    except Exception as error:  # torch.export has no base class for its errors
        raise ContractError(
            f"The network has no one graph for all images ({first_line(error)}): "
            "choose by torch.where or torch.cond instead of Python's if."
        ) from error


def lower(graph: ExportedProgram) -> bytes:
    """Return the program; raises ContractError for operators that ExecuTorch lacks."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of torch, about torch
            edge = to_edge_transform_and_lower(
                graph, partitioner=[XnnpackPartitioner()]
            )
            return bytes(edge.to_executorch().buffer)
    except Exception as error:  # nor has ExecuTorch
        raise ContractError(
            f"ExecuTorch cannot run the network ({first_line(error)}): "
            "write it with other operators."
        ) from error


def first_line(error: BaseException) -> str:
    """Return the first line that says something."""
    lines = (line.strip() for line in str(error).splitlines())
    return next((line for line in lines if line), type(error).__name__)
