"""Convert the PyTorch network to a file for the lite interpreter of PyTorch Mobile."""

import copy
import warnings
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.ao.quantization import QConfigMapping, get_default_qconfig
from torch.ao.quantization.quantize_fx import convert_fx, prepare_fx
from torch.jit import ScriptModule
from torch.jit._trace import TracerWarning, TracingCheckError
from torch.utils.mobile_optimizer import optimize_for_mobile

from ..data import IMAGE_SHAPE
from ..model import with_probabilities
from ..settings import REPORTS
from . import phone
from .files import ContractError
from .lite import save

QNNPACK = "qnnpack"


def write_artifact(network: nn.Module, path: Path) -> None:
    """Write the network for the phone's runtime, and the list of its operators.

    Raises ContractError where that runtime could not run it.
    """
    write(network, path, REPORTS / "operators.txt")


def write_quantized(
    network: nn.Module, path: Path, examples: NDArray[np.float32]
) -> None:
    """Write the network in int8, its ranges taken from the examples."""
    int8 = quantized(network, torch.from_numpy(examples))
    write(int8, path, REPORTS / "operators-int8.txt")


def write(network: nn.Module, path: Path, report: Path) -> None:
    """Write the network to one file and the names of its operators to another."""
    phone.check_torch()
    if not hasattr(ScriptModule, "_save_for_lite_interpreter"):
        raise ContractError(
            f"torch {torch.__version__} no longer writes lite-interpreter files: "
            "install the version in pyproject.toml."
        )
    # Two examples: with one, tracing could take the batch for a constant.
    graph = to_graph(with_probabilities(network), torch.zeros(2, *IMAGE_SHAPE))
    save(optimised(graph), path)
    phone.fit_bytecode(path)
    operators = phone.check_operators(path)
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text("\n".join(operators) + "\n", "utf-8")


def quantized(network: nn.Module, images: Tensor) -> nn.Module:
    """Return the network in int8, for QNNPACK, which computes that on phones.

    Raises ContractError where this torch lacks QNNPACK, or the network branches.
    """
    if QNNPACK not in torch.backends.quantized.supported_engines:
        raise ContractError(
            f"This build of torch {torch.__version__} lacks QNNPACK, which phones run "
            "int8 with: quantise on Linux, or export without --quantize."
        )
    torch.backends.quantized.engine = QNNPACK
    how = QConfigMapping().set_global(get_default_qconfig(QNNPACK))
    try:
        with warnings.catch_warnings():
            # torch.ao gives way to torchao, which has no lite interpreter.
            warnings.simplefilter("ignore")
            observed = prepare_fx(copy.deepcopy(network).eval(), how, (images,))
            observed(images)
            return convert_fx(observed)
    except Exception as error:  # torch.fx has no base class for its errors
        raise ContractError(
            f"The network cannot be quantised ({first_line(error)}): "
            "export it without --quantize."
        ) from error


def to_graph(network: nn.Module, images: Tensor) -> ScriptModule:
    """Return the network as TorchScript: traced, or scripted where it branches.

    Raises ContractError if the network does not take the images, or if it branches on
    the value of a tensor in a way that TorchScript does not know.
    """
    try:
        network(images)
    except (RuntimeError, TypeError, ValueError, IndexError) as error:
        raise ContractError(
            f"The network does not take images {tuple(images.shape)}; mend forward() "
            f"in model.py: {first_line(error)}"
        ) from error
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", TracerWarning)
        try:
            graph = torch.jit.trace(network, images)
        except (RuntimeError, TracingCheckError) as error:
            return to_script(network, first_line(error))
    untraced = [w.message for w in caught if issubclass(w.category, TracerWarning)]
    if untraced:
        # The trace holds the one branch that these images took.
        return to_script(network, first_line(untraced[0]))
    return graph


def to_script(network: nn.Module, reason: str) -> ScriptModule:
    """Return the network compiled from its source, with every branch."""
    try:
        return torch.jit.script(network)
    except (RuntimeError, OSError) as error:
        raise ContractError(
            f"The network can be neither traced ({reason}) nor scripted "
            f"({first_line(error)}): choose by torch.where instead of Python's if."
        ) from error


def optimised(graph: ScriptModule) -> ScriptModule:
    """Return the graph with its weights folded in, and for mobile where torch can."""
    if torch._C._is_xnnpack_enabled():
        return optimize_for_mobile(graph)
    print("Not optimised for mobile: this build of torch lacks XNNPACK (see README).")
    return torch.jit.freeze(graph)


def first_line(error: object) -> str:
    """Return the first line that says something."""
    lines = (line.strip() for line in str(error).splitlines())
    return next((line for line in lines if line), type(error).__name__)
