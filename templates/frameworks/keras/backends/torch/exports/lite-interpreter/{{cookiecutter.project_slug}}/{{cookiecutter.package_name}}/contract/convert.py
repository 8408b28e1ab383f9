"""Convert the Keras network to a file for the lite interpreter of PyTorch Mobile."""

import warnings
from pathlib import Path

import keras
import torch
from torch import Tensor, nn
from torch.jit import ScriptModule
from torch.jit._trace import TracerWarning, TracingCheckError
from torch.utils.mobile_optimizer import optimize_for_mobile

from ..data import IMAGE_SHAPE
from ..settings import REPORTS
from . import phone
from .files import ContractError
from .lite import save
from .served import Served

KERAS = Path(keras.__file__).parent


def write_artifact(network: keras.Model, path: Path) -> None:
    """Write the network for the phone's runtime, and the list of its operators.

    Raises ContractError where that runtime could not run it.
    """
    phone.check_torch()
    if not hasattr(ScriptModule, "_save_for_lite_interpreter"):
        raise ContractError(
            f"torch {torch.__version__} no longer writes lite-interpreter files: "
            "install the version in pyproject.toml."
        )
    # Two examples: with one, tracing could take the batch for a constant.
    graph = to_graph(Served(network), torch.zeros(2, *IMAGE_SHAPE))
    save(optimised(graph), path)
    phone.fit_bytecode(path)
    operators = phone.check_operators(path)
    REPORTS.mkdir(parents=True, exist_ok=True)
    (REPORTS / "operators.txt").write_text("\n".join(operators) + "\n", "utf-8")


def to_graph(network: nn.Module, images: Tensor) -> ScriptModule:
    """Return the network as TorchScript, traced.

    Raises ContractError if the network does not take the images, or if it branches on
    the value of a tensor, which a trace cannot hold.
    """
    try:
        network(images)
    except (RuntimeError, TypeError, ValueError, IndexError) as error:
        raise ContractError(
            f"The network does not take images {tuple(images.shape)}; mend build() "
            f"in model.py: {first_line(error)}"
        ) from error
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", TracerWarning)
        try:
            graph = torch.jit.trace(network, images)
        except (RuntimeError, TracingCheckError) as error:
            raise ContractError(
                f"The network cannot be traced ({first_line(error)}): "
                "write it with Keras's layers and keras.ops."
            ) from error
    for warning in caught:
        # Keras itself only asks for shapes in this way.
        own = not Path(warning.filename).is_relative_to(KERAS)
        if own and issubclass(warning.category, TracerWarning):
            raise ContractError(
                f"The network cannot be traced ({first_line(warning.message)}): "
                "choose by keras.ops.where instead of Python's if."
            )
    return graph


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
