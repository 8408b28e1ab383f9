"""Convert the PyTorch network to a file for the lite interpreter of PyTorch Mobile."""

import copy
import warnings
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.ao.quantization import QConfigMapping, get_default_qconfig
from torch.ao.quantization.quantize_fx import convert_fx, prepare_fx
from torch.jit import ScriptModule

from .files import ContractError
from .inputs import zeros
from .network import Network
from .refusals import reason
from .served import served
from .tensors import Tensors
from .tracing import TracingError, trace, write

QNNPACK = "qnnpack"


def write_artifact(network: Network, path: Path) -> None:
    """Write the network for the phone's runtime, and the list of its operators.

    Raises ContractError where that runtime could not run it.
    """
    graph = to_graph(served(network), zeros(network.inputs))
    write(graph, path, "operators.txt")


def write_quantized(network: Network, path: Path, examples: Tensors) -> None:
    """Write the network in int8, its ranges taken from the examples."""
    ordered = tuple(torch.from_numpy(examples[name]) for name in network.inputs)
    int8 = replace(network, module=quantized(network.module, ordered))
    graph = to_graph(served(int8), zeros(network.inputs))
    write(graph, path, "operators-int8.txt")


def to_graph(network: nn.Module, inputs: tuple[Tensor, ...]) -> ScriptModule:
    """Return the network as TorchScript: traced, or scripted where it branches.

    Raises ContractError if it branches on the value of a tensor in a way that
    TorchScript does not know.
    """
    try:
        return trace(network, inputs)
    except TracingError as traced:
        try:
            return torch.jit.script(network)
        except (RuntimeError, OSError) as error:
            raise ContractError(
                f"The network can be neither traced ({traced}) nor scripted "
                f"({reason(error)}): choose by torch.where instead of Python's if."
            ) from error


def quantized(network: nn.Module, inputs: tuple[Tensor, ...]) -> nn.Module:
    """Return the network in int8, for QNNPACK, which computes that on phones.

    Raises ContractError where the network branches, or this build of torch lacks
    QNNPACK.
    """
    try:
        with warnings.catch_warnings():
            # torch.ao gives way to torchao, which has no lite interpreter.
            warnings.simplefilter("ignore")
            torch.backends.quantized.engine = QNNPACK
            how = QConfigMapping().set_global(get_default_qconfig(QNNPACK))
            observed = prepare_fx(copy.deepcopy(network).eval(), how, inputs)
            observed(*inputs)
            return convert_fx(observed)
    except Exception as error:  # torch.fx has no base class for its errors
        raise ContractError(
            f"The network cannot be quantized ({reason(error)}): "
            "export it without --quantize."
        ) from error
