"""What the last PyTorch Mobile runtime can load, and whether a file fits it.

The phone's runtime is older than the torch that exports. A file that this computer
loads can therefore still fail on the phone: it is checked here against what the
sources of PyTorch {{ cookiecutter._phone_runtime }} say.
"""

from pathlib import Path

import torch
from torch.jit.mobile import _backport_for_mobile, _get_model_ops_and_info

from .contract import ContractError
from .lite import bytecode

# Of both org.pytorch:pytorch_android_lite and the pod LibTorch-Lite.
RUNTIME = "{{ cookiecutter._phone_runtime }}"

# kMinSupportedBytecodeVersion to kMaxSupportedBytecodeVersion, in the runtime's
# caffe2/serialize/versions.h.
BYTECODE = range(4, 10)

# The torch whose operators are compared with the runtime's below: another may write
# files that nothing here knows to be too new.
TORCH = (2, 13)

# Public operators that native_functions.yaml has in torch 2.13 and not in 2.1.0.
NEWER_OPERATORS = frozenset(
    {
        "aten::all.dims",
        "aten::any.dims",
        "aten::hash_tensor",
        "aten::linalg__powsum",
        "aten::linspace.Scalar_Tensor",
        "aten::linspace.Tensor_Scalar",
        "aten::linspace.Tensor_Tensor",
        "aten::logspace.Scalar_Tensor",
        "aten::logspace.Tensor_Scalar",
        "aten::logspace.Tensor_Tensor",
        "aten::rms_norm",
        "aten::slice_inverse",
    }
)

# Operators that have more arguments now, with how many they had in 2.1.0.
MOST_ARGUMENTS = {
    "aten::pad_sequence": 3,
    "aten::scaled_dot_product_attention": 7,
    "aten::stft": 8,
    "aten::stft.center": 10,
}


def check_torch(version: str = torch.__version__) -> None:
    """Raise ContractError if this torch may write what the runtime does not read."""
    major, minor = version.split(".")[:2]
    release = (int(major), int(minor))
    if release != TORCH:
        fault = "old" if release < TORCH else "new"
        raise ContractError(
            f"torch {version} is too {fault} to export for PyTorch Mobile {RUNTIME}: "
            "install the version in requirements/train.txt."
        )


def fit_bytecode(path: Path, supported: range = BYTECODE) -> int:
    """Rewrite the file for the phone's runtime if it is too new for it.

    Returns the version of the bytecode; raises ContractError if it cannot be made
    to fit.
    """
    version = bytecode(path)
    if version is not None and version in supported:
        return version
    newest = supported[-1]
    if version is not None and version > newest and backport(path, newest):
        return newest
    raise ContractError(
        f"The model has bytecode version {version}, but PyTorch Mobile {RUNTIME} reads "
        f"{supported[0]} to {newest}: install the torch of requirements/train.txt."
    )


def backport(path: Path, version: int) -> bool:
    """Rewrite the file in an older bytecode version; return whether that worked."""
    older = path.with_suffix(".older")
    try:
        if not _backport_for_mobile(str(path), str(older), version):
            return False
        older.replace(path)
    except RuntimeError:
        return False
    finally:
        older.unlink(missing_ok=True)
    return bytecode(path) == version


def check_operators(path: Path) -> list[str]:
    """Return the names of the file's operators.

    Raises ContractError if the phone's runtime lacks one.
    """
    operators = _get_model_ops_and_info(str(path))
    lacking = sorted(
        name
        for name, info in operators.items()
        if is_newer(name, info.num_schema_args or 0)
    )
    if lacking:
        raise ContractError(
            f"PyTorch Mobile {RUNTIME} lacks {', '.join(lacking)} as the network uses "
            "it: write the network with other operators, or move to ExecuTorch."
        )
    return sorted(operators)


def is_newer(operator: str, arguments: int) -> bool:
    """Return whether the phone's runtime lacks the operator, or that many arguments."""
    most = MOST_ARGUMENTS.get(operator)
    return operator in NEWER_OPERATORS or (most is not None and arguments > most)
