"""Convert the network to an ExecuTorch program."""

import warnings
from pathlib import Path
from typing import Any, cast

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
from executorch.exir.passes.constant_prop_pass import constant_prop_pass
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.export import ExportedProgram
from torch.fx import Graph, Node
from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e

from . import refusals
from .files import ContractError
from .inputs import zeros
from .network import Network
from .served import served
from .tensors import Tensors


def write_artifact(network: Network, path: Path) -> None:
    """Write a program for one example at a time, with XNNPACK where it can compute.

    Raises ContractError where ExecuTorch cannot express the network.
    """
    graph = to_graph(served(network), zeros(network.inputs, examples=1))
    path.write_bytes(lower(simplified(graph)))


def write_quantized(network: Network, path: Path, examples: Tensors) -> None:
    """Write the program in int8, its ranges taken from the examples.

    Raises ContractError where the network cannot be quantized.
    """
    one = zeros(network.inputs, examples=1)
    graph = simplified(to_graph(served(network), one))
    ordered = [examples[name] for name in network.inputs]
    path.write_bytes(lower(to_graph(quantized(graph, ordered), one)))


def to_graph(network: nn.Module, inputs: tuple[Tensor, ...]) -> ExportedProgram:
    """Return the network's graph; raises ContractError if it does not have one."""
    network.requires_grad_(False)  # else ExecuTorch cannot copy weights that it turns
    try:
        return torch.export.export(network, inputs)
    except Exception as error:  # torch.export has no base class for its errors
        raise refusals.of_export("ExecuTorch", error) from error


def simplified(graph: ExportedProgram) -> ExportedProgram:
    """Return the graph as ExecuTorch takes it; what it computes stays the same.

    XNNPACK takes a layer only if its weights are constants, and ExecuTorch no tensors
    in other memory formats.
    """
    for node in list(graph.graph.nodes):
        node.kwargs = {k: v for k, v in node.kwargs.items() if k != "memory_format"}
        if node.target is torch.ops.aten._assert_tensor_metadata.default:
            graph.graph.erase_node(node)
        elif node.target is torch.ops.aten.matmul.default:
            to_linear(graph.graph, node)
    return constant_prop_pass(graph)


def to_linear(graph: Graph, node: Node) -> None:
    """Write a product with a matrix as the linear layer that the quantizer knows."""
    inputs, weights = cast(tuple[Node, Node], node.args)
    if weights.meta["val"].dim() != 2:
        return
    with graph.inserting_before(node):
        turned = graph.call_function(torch.ops.aten.t.default, (weights,))
    turned.meta["val"] = weights.meta["val"].t()
    node.target, node.args = torch.ops.aten.linear.default, (inputs, turned)


def quantized(graph: ExportedProgram, inputs: list[NDArray[Any]]) -> nn.Module:
    """Return the graph with its layers in int8."""
    quantizer = XNNPACKQuantizer()
    quantizer.set_global(get_symmetric_quantization_config(is_per_channel=True))
    try:
        observed = prepare_pt2e(graph.module(), quantizer)
        for row in zip(*inputs, strict=True):
            observed(*(torch.from_numpy(one[np.newaxis]) for one in row))
        return convert_pt2e(observed)
    except Exception as error:  # torchao has no base class for its errors
        raise ContractError(
            f"The network cannot be quantized ({refusals.reason(error)}): "
            "export it without --quantize."
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
            f"ExecuTorch cannot run the network ({refusals.reason(error)}): "
            "write it with other operators."
        ) from error
