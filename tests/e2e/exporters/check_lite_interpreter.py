"""What the exporter does for the phone's runtime, and what it refuses."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from project.contract import ContractError, Signature, lite
from project.contract.runtime import Runtime
from project.contract.tracing import trace
from project.settings import ARTIFACTS, REPORTS
from torch import Tensor, nn
from torch.jit import mobile

IMAGES = (torch.zeros(2, 8, 8),)


class Computing(nn.Module):
    """A network of one function."""

    def __init__(self, compute: Callable[[Tensor], Tensor]) -> None:
        """Take the function."""
        super().__init__()
        self.compute = compute

    def forward(self, images: Tensor) -> Tensor:
        """Return what the function makes of the images."""
        return self.compute(images)


class Squared(torch.autograd.Function):
    """Computes in Python, which no file holds."""

    @staticmethod
    def forward(_context: Any, images: Tensor) -> Tensor:
        """Return the squares."""
        return images * images


@pytest.mark.parametrize(
    ("compute", "reason"),
    [
        (lambda images: torch.rms_norm(images, [8]), "lacks aten::rms_norm"),
        (torch.linalg.svdvals, "lacks aten::linalg_svd"),
        (Squared.apply, r"'Squared'.*torch\.autograd\.Function"),
    ],
)
def test_what_the_phone_cannot_compute_is_refused(
    compute: Callable[[Tensor], Tensor], reason: str, tmp_path: Path
) -> None:
    """This torch computes it, the phone's runtime would not."""
    with pytest.raises(ContractError, match=reason):
        lite.save(trace(Computing(compute), IMAGES), tmp_path / "model.ptl")


@pytest.mark.parametrize(
    ("operator", "arguments"),
    [
        ("aten::mm.dtype", 2),
        ("aten::mm.dtype_out", 2),
        ("aten::hash_tensor.out", 2),
        ("aten::stft", 9),
        ("prims::sin", 1),
        ("extension::twice", 1),
        ("aten::linalg_eigh", 1),
        ("aten::geqrf", 1),
        ("aten::det", 1),
    ],
)
def test_operators_that_the_runtime_lacks_are_known(
    operator: str, arguments: int
) -> None:
    """Newer overloads and arguments, extensions, and what needs LAPACK."""
    with pytest.raises(ContractError, match=operator):
        lite.check_operators({operator: arguments})


def test_operators_that_the_runtime_has_are_allowed() -> None:
    """Also those that are only named like others."""
    names = ("mm", "detach", "linalg_vector_norm", "linalg_solve_triangular")
    lite.check_operators({"prim::ListConstruct": 2, "aten::stft": 8})
    lite.check_operators({f"aten::{name}": 2 for name in names})


def test_the_runtime_reads_the_bytecode() -> None:
    """kMinSupportedBytecodeVersion to kMaxSupportedBytecodeVersion of its sources."""
    artifact = Signature.read(ARTIFACTS).verify(ARTIFACTS)
    assert mobile._get_model_bytecode_version(str(artifact)) in range(4, 10)


@pytest.mark.parametrize("version", ["1.13.1", "2.1.3", "2.12.1+cpu", "2.14.0"])
def test_another_torch_is_refused(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing here knows what it may write."""
    graph = trace(Computing(torch.sin), IMAGES)
    monkeypatch.setattr(torch, "__version__", version)
    with pytest.raises(ContractError, match=r"pyproject\.toml"):
        lite.save(graph, tmp_path / "model.ptl")


@pytest.mark.parametrize("content", [b"", b"not a model", b"PK\x03\x04" + bytes(64)])
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    """With the lite interpreter's reason, in one sentence."""
    artifact = tmp_path / "model.ptl"
    artifact.write_bytes(content)
    with pytest.raises(ContractError, match="does not load"):
        Runtime(artifact)


def test_the_operators_of_the_artifact_are_listed() -> None:
    """A report, of the exact or of the int8 model, holds those of the file."""
    reports = [file.read_text("utf-8") for file in REPORTS.glob("operators*.txt")]
    operators = lite.check(Signature.read(ARTIFACTS).verify(ARTIFACTS))
    assert operators
    assert operators in [report.split() for report in reports]
