"""Files for the lite interpreter of PyTorch Mobile: written, loaded, and checked.

The phone's runtime is older than the torch that exports, so a file that loads on this
computer can still fail on the phone. The checks follow the sources of that runtime.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import torch
from torch.jit import ScriptModule, mobile

from .files import ContractError

# Of both org.pytorch:pytorch_android_lite and the pod LibTorch-Lite.
RUNTIME = "{{ cookiecutter._phone_runtime }}"

# The torch that phone_operators.json is about; it reads the same bytecode, 4 to 9, as
# the runtime. The file lists the operators that this torch has and the runtime lacks,
# and how many arguments others had there when they had fewer.
TORCH = "2.13"
OPERATORS = json.loads(
    Path(__file__).with_name("phone_operators.json").read_text("utf-8")
)

# What the runtime's library defines. All else is Python's, as torch's own `prims` are,
# or comes from an extension that the phone does not have.
NAMESPACES = ("aten", "prim", "quantized", "prepacked")

# The published runtimes are built without LAPACK (pytorch#68871, #130309). What solves
# triangular systems needs BLAS alone, which they have.
LAPACK = re.compile(
    r"aten::_?(linalg_)?"
    r"(cholesky|cond|det\b|eig|geqrf|householder|inv|ldl|logdet|lstsq|lu(?!_unpack)"
    r"|matrix_rank|nuclear|orgqr|ormqr|pinv|qr|slogdet|solve(?!_triangular)|svd|tensorinv"
    r"|tensorsolve)"
)


def save(graph: ScriptModule, artifact: Path) -> list[str]:
    """Write the graph for the phone and return the names of its operators.

    Raises ContractError where the phone's runtime could not run it.
    """
    if not torch.__version__.startswith(f"{TORCH}."):
        raise ContractError(
            f"torch {torch.__version__} cannot export for PyTorch Mobile {RUNTIME}: "
            "install the version in pyproject.toml."
        )
    try:
        graph._save_for_lite_interpreter(str(artifact))
    except RuntimeError as error:
        reason = str(error).strip().partition(". ")[0]
        raise ContractError(
            f"The network does not fit into a lite-interpreter file ({reason}): write "
            "it with torch's operators, without a torch.autograd.Function."
        ) from error
    return check(artifact)


def load(artifact: Path) -> mobile.LiteScriptModule:
    """Return the module in the file; raises ContractError, with the reason, if none."""
    try:
        return mobile._load_for_lite_interpreter(str(artifact))
    except (RuntimeError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise ContractError(
            f"{artifact} does not load in the lite interpreter of torch "
            f"{torch.__version__}; export it again with this torch: {reason}"
        ) from error


def check(artifact: Path) -> list[str]:
    """Return the names of the file's operators.

    Raises ContractError if the phone's runtime lacks one.
    """
    found = mobile._get_model_ops_and_info(str(artifact))
    check_operators({name: info.num_schema_args or 0 for name, info in found.items()})
    return sorted(found)


def check_operators(operators: Mapping[str, int]) -> None:
    """Raise ContractError if the runtime lacks an operator, or that many arguments."""
    lacking = [name for name, count in operators.items() if is_lacking(name, count)]
    if lacking:
        raise ContractError(
            f"PyTorch Mobile {RUNTIME}, built without LAPACK, lacks "
            f"{', '.join(sorted(lacking))} as the network uses it: write the network "
            "with other operators, or move to ExecuTorch."
        )


def is_lacking(operator: str, arguments: int) -> bool:
    """Return whether the runtime lacks the operator, or takes fewer arguments."""
    return bool(
        operator.partition("::")[0] not in NAMESPACES
        # One that writes into a given tensor (`out`) came with the one that does not.
        or operator.removesuffix("_out").removesuffix(".out") in OPERATORS["newer"]
        or LAPACK.match(operator)
        or arguments > OPERATORS["most_arguments"].get(operator, arguments)
    )
