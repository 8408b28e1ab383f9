"""Convert the model to an ExecuTorch program."""

import warnings
from pathlib import Path
from typing import Any

import torch
from executorch.backends.xnnpack.partition.xnnpack_partitioner import (
    XnnpackPartitioner,
)
from executorch.exir import to_edge_transform_and_lower
from torch.export import Dim, ExportedProgram, ShapesCollection
from torch.utils import _pytree as pytree

from .. import inputs
from ..model import arguments, program
from ..settings import MODELS
from . import original
from .files import ContractError

# The most that a free dimension may be, the first one and any other: the program's
# memory is planned when it is exported. Examples that are larger raise it.
BATCH = 16
LENGTH = 128


def write_artifact(network: Any, path: Path) -> None:
    """Write the model, with XNNPACK where it can compute.

    Raises ContractError where ExecuTorch cannot express the model.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of torch, about torch
            edge = to_edge_transform_and_lower(
                bounded(network), partitioner=[XnnpackPartitioner()]
            )
            path.write_bytes(edge.to_executorch().buffer)
    except Exception as error:  # neither torch.export nor ExecuTorch has a base class
        raise ContractError(
            "ExecuTorch cannot run the model; deploy it with another target: "
            f"{original.first_line(error)}"
        ) from error


def bounded(network: Any) -> ExportedProgram:
    """Return the model's graph, with an end to each of its free dimensions."""
    args, kwargs = arguments(network, inputs.golden())
    shapes = ShapesCollection()
    free = original.find(MODELS).inputs.values()
    tensors = filter(torch.is_tensor, pytree.tree_leaves((args, kwargs)))
    for tensor, spec in zip(tensors, free, strict=True):
        shapes[tensor] = {
            axis: Dim.AUTO(max=max(tensor.shape[axis], LENGTH if axis else BATCH))
            for axis, size in enumerate(spec.shape)
            if size is None
        }
    module = program(network).module()
    free_shapes = shapes.dynamic_shapes(module, args, kwargs)
    return torch.export.export(module, args, kwargs, dynamic_shapes=free_shapes)
