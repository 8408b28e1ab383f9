"""What the last PyTorch Mobile runtime can load, and whether a file fits it.

The phone's runtime is older than the torch that exports. A file that this computer
loads can therefore still fail on the phone: it is checked here against what the
sources of PyTorch {{ cookiecutter._phone_runtime }} say.
"""

import re
from pathlib import Path

import torch
from torch.jit.mobile import _backport_for_mobile, _get_model_ops_and_info

from .files import ContractError
from .lite import bytecode

# Of both org.pytorch:pytorch_android_lite and the pod LibTorch-Lite.
RUNTIME = "{{ cookiecutter._phone_runtime }}"

# kMinSupportedBytecodeVersion to kMaxSupportedBytecodeVersion, in the runtime's
# caffe2/serialize/versions.h.
BYTECODE = range(4, 10)

# The torch whose operators are compared with the runtime's below: another may write
# files that nothing here knows to be too new.
TORCH = (2, 13)

# What the runtime's library defines. All else is Python's, as torch's own `prims` are,
# or comes from an extension that the phone does not have.
NAMESPACES = frozenset({"aten", "prim", "quantized", "prepacked"})

# Operators behind public functions that torch 2.13 has and 2.1.0 lacks; each stands for
# the one that writes into a given tensor (`out`) too.
NEWER_OPERATORS = frozenset(
    {
        "aten::Generator",
        "aten::_assert_scalar",
        "aten::_grouped_mm",
        "aten::_safe_softmax",
        "aten::_scaled_grouped_mm",
        "aten::_scaled_grouped_mm_v2",
        "aten::_scaled_mm_v2",
        "aten::_upsample_lanczos2d_aa",
        "aten::_upsample_lanczos2d_aa.vec",
        "aten::addmm.dtype",
        "aten::all.dims",
        "aten::any.dims",
        "aten::baddbmm.dtype",
        "aten::bmm.dtype",
        "aten::broadcast_shapes",
        "aten::get_autocast_dtype",
        "aten::hash_tensor",
        "aten::initial_seed",
        "aten::linalg__powsum",
        "aten::linspace.Scalar_Tensor",
        "aten::linspace.Tensor_Scalar",
        "aten::linspace.Tensor_Tensor",
        "aten::logspace.Scalar_Tensor",
        "aten::logspace.Tensor_Scalar",
        "aten::logspace.Tensor_Tensor",
        "aten::manual_seed.generator",
        "aten::mm.dtype",
        "aten::rand_like.generator",
        "aten::randint_like.Tensor",
        "aten::randint_like.Tensor_generator",
        "aten::randint_like.generator",
        "aten::randint_like.low_generator_dtype",
        "aten::randn_like.generator",
        "aten::rms_norm",
        "aten::rrelu_with_noise_functional",
        "aten::seed",
        "aten::slice_inverse",
        "aten::sym_is_contiguous",
        "quantized::embedding_bag_2bit_prepack_with_rowwise_min_max",
        "quantized::embedding_bag_4bit_prepack_with_rowwise_min_max",
        "quantized::embedding_bag_byte_prepack_with_rowwise_min_max",
        "quantized::int4mm_packed_weight_cpu",
        "quantized::linear_dynamic_fp16_unpacked_weight",
    }
)

# The published runtimes are built without LAPACK (pytorch#68871, #130309). What solves
# triangular systems needs BLAS alone, which they have.
LAPACK = re.compile(
    r"aten::_?(linalg_)?"
    r"(cholesky|cond|det\b|eig|geqrf|householder|inv|ldl|logdet|lstsq|lu(?!_unpack)"
    r"|matrix_rank|nuclear|orgqr|ormqr|pinv|qr|slogdet|solve(?!_triangular)|svd|tensorinv"
    r"|tensorsolve)"
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
            "install the version in pyproject.toml."
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
        f"{supported[0]} to {newest}: install the torch of pyproject.toml."
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
        if is_lacking(name, info.num_schema_args or 0)
    )
    if lacking:
        raise ContractError(
            f"PyTorch Mobile {RUNTIME} lacks {', '.join(lacking)} as the network uses "
            "it: write the network with other operators, or move to ExecuTorch."
        )
    unbuilt = sorted(filter(LAPACK.match, operators))
    if unbuilt:
        raise ContractError(
            f"PyTorch Mobile {RUNTIME} is built without LAPACK, which "
            f"{', '.join(unbuilt)} would need: write the network with other operators."
        )
    return sorted(operators)


def is_lacking(operator: str, arguments: int) -> bool:
    """Return whether the phone's runtime lacks the operator, or that many arguments."""
    most = MOST_ARGUMENTS.get(operator)
    return (
        operator.partition("::")[0] not in NAMESPACES
        or operator.removesuffix("_out").removesuffix(".out") in NEWER_OPERATORS
        or (most is not None and arguments > most)
    )
