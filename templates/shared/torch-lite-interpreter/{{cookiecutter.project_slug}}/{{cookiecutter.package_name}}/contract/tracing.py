"""Turn a network into TorchScript for the phone."""

import warnings
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.jit import ScriptModule, TracerWarning  # type: ignore[attr-defined]
from torch.utils.mobile_optimizer import optimize_for_mobile

from ..settings import REPORTS
from . import lite
from .refusals import reason


class TracingError(Exception):
    """The network cannot be traced, or its trace lacks a branch; says why."""


def trace(
    network: nn.Module, inputs: tuple[Tensor, ...], trusted: Path | None = None
) -> ScriptModule:
    """Return the network as TorchScript, traced with these inputs.

    What happens in files below `trusted` does not depend on values. Raises TracingError
    where the network elsewhere branches on the value of a tensor.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", TracerWarning)
        try:
            graph = torch.jit.trace(network, inputs)
        except Exception as error:  # torch.jit has no base class for its errors
            raise TracingError(reason(error)) from error
    for warning in caught:
        known = trusted and Path(warning.filename).is_relative_to(trusted)
        if issubclass(warning.category, TracerWarning) and not known:
            raise TracingError(reason(warning.message))
    return graph


def write(graph: ScriptModule, path: Path, report: str) -> None:
    """Write the graph for the phone, and the names of its operators to a report.

    Raises ContractError where the phone's runtime could not run it.
    """
    operators = lite.save(optimized(graph), path)
    REPORTS.mkdir(parents=True, exist_ok=True)
    (REPORTS / report).write_text("\n".join(operators) + "\n", "utf-8")


def optimized(graph: ScriptModule) -> ScriptModule:
    """Return the graph with its weights folded in, and for mobile where torch can."""
    if torch._C._is_xnnpack_enabled():
        return optimize_for_mobile(graph)
    print("Not optimized for mobile: this build of torch lacks XNNPACK (see README).")
    return torch.jit.freeze(graph)
