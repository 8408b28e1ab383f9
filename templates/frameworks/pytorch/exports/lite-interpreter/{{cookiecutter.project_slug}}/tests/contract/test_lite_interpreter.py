"""What the exporter does for the phone's runtime, and what it refuses."""

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from {{ cookiecutter.package_name }}.contract import (
    ContractError,
    Golden,
    Signature,
    check_parity,
    convert,
    phone,
)
from {{ cookiecutter.package_name }}.contract.lite import bytecode, save
from {{ cookiecutter.package_name }}.contract.runtime import Runtime
from {{ cookiecutter.package_name }}.settings import ARTIFACTS, REPORTS

SIGNATURE = Signature.read(ARTIFACTS)
IMAGES = torch.zeros(2, 8, 8)


class Branching(nn.Module):
    """Does one thing with bright images, another with dark ones."""

    def forward(self, images: Tensor) -> Tensor:
        """Branch on the value of a tensor, which a trace does not see."""
        if bool(images.sum() > 0):
            return images + 1
        return images * 2 - 1


class Untranslatable(nn.Module):
    """Branches, and calls what TorchScript has no word for."""

    def forward(self, images: Tensor) -> Tensor:
        """Branch on a value that came out of NumPy."""
        return images + 1 if images.sum() > 0 and images.numpy().any() else images


class Normalising(nn.Module):
    """Uses an operator that is younger than the phone's runtime."""

    def forward(self, images: Tensor) -> Tensor:
        """Return what torch.rms_norm makes of the images."""
        return torch.rms_norm(images, [8])


class Squared(torch.autograd.Function):
    """Computes in Python, which no file holds."""

    @staticmethod
    def forward(_context: Any, images: Tensor) -> Tensor:
        """Return the squares."""
        return images * images


class CallingPython(nn.Module):
    """Uses a function of Python's."""

    def forward(self, images: Tensor) -> Tensor:
        """Return the squares."""
        return Squared.apply(images)


class Inverting(nn.Module):
    """Uses an operator that needs LAPACK."""

    def forward(self, images: Tensor) -> Tensor:
        """Return the inverses."""
        return torch.linalg.inv(images + torch.eye(8))


class Extended(nn.Module):
    """Uses an operator that an extension defines."""

    def forward(self, images: Tensor) -> Tensor:
        """Return twice the images."""
        return torch.ops.extension.twice(images)


@pytest.fixture
def extension() -> Iterator[None]:
    """An operator that torch itself does not have."""
    with torch.library._scoped_library("extension", "DEF") as library:
        library.define("twice(Tensor images) -> Tensor")
        library.impl("twice", lambda images: images * 2, "CompositeExplicitAutograd")
        yield


@pytest.fixture
def artifact(tmp_path: Path) -> Path:
    """A copy of the exported file."""
    return Path(shutil.copy(SIGNATURE.verify(ARTIFACTS), tmp_path))


def saved(network: nn.Module, folder: Path) -> Path:
    """Return the file that the exporter makes of a network."""
    save(convert.to_graph(network.eval(), IMAGES), folder / "model.ptl")
    return folder / "model.ptl"


def test_the_phone_reads_the_bytecode(artifact: Path) -> None:
    """The exported file is neither too new nor too old for the runtime."""
    assert bytecode(artifact) in phone.BYTECODE


def test_operators_are_listed(artifact: Path) -> None:
    """A report, of the exact or of the int8 model, holds the operators of the file."""
    reports = [file.read_text("utf-8") for file in REPORTS.glob("operators*.txt")]
    operators = phone.check_operators(artifact)
    assert operators
    assert operators in [report.split() for report in reports]


def test_newer_bytecode_is_backported(artifact: Path) -> None:
    """Rewritten for an older runtime, the model says the same."""
    golden = Golden.read(ARTIFACTS, SIGNATURE)
    newest = bytecode(artifact)
    assert newest is not None
    assert phone.fit_bytecode(artifact, range(4, newest)) == newest - 1
    outputs = Runtime(artifact).predict(golden.inputs)
    check_parity(golden.outputs, outputs, SIGNATURE.tolerance)


def test_bytecode_that_cannot_be_backported_is_refused(artifact: Path) -> None:
    """Below version 4 there is no way back; the file stays as it was."""
    before = artifact.read_bytes()
    with pytest.raises(ContractError, match="bytecode version"):
        phone.fit_bytecode(artifact, range(1, 3))
    assert artifact.read_bytes() == before


def test_a_file_from_a_newer_exporter_is_refused(
    artifact: Path, tmp_path: Path
) -> None:
    """The message names its version, and what to do."""
    newer = tmp_path / "newer.ptl"
    with zipfile.ZipFile(artifact) as old, zipfile.ZipFile(newer, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("/bytecode.pkl"):
                # A pickle that begins with the version, as a one-byte integer.
                content = content.replace(b"K\x08", b"K\x63", 1)
            new.writestr(name, content)
    with pytest.raises(ContractError, match=r"bytecode 99.*export it again"):
        Runtime(newer)
    with pytest.raises(ContractError, match="bytecode version 99"):
        phone.fit_bytecode(newer)


def test_a_torch_that_writes_no_such_files_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later torch may drop the format."""
    monkeypatch.delattr(torch.jit.ScriptModule, "_save_for_lite_interpreter")
    with pytest.raises(ContractError, match=r"pyproject\.toml"):
        convert.write_artifact(Branching(), tmp_path / "model.ptl")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("version", "fault"), [("1.13.1", "old"), ("2.12.1+cpu", "old"), ("2.14.0", "new")]
)
def test_another_torch_is_refused(version: str, fault: str) -> None:
    """What it writes, nothing here could hold against the phone's runtime."""
    with pytest.raises(ContractError, match=rf"too {fault}.*pyproject\.toml"):
        phone.check_torch(version)


@pytest.mark.skipif(
    convert.QNNPACK not in torch.backends.quantized.supported_engines,
    reason="this build of torch lacks QNNPACK, which quantises",
)
def test_quantising_leaves_the_network_as_it_was() -> None:
    """The copy that is quantised has its own weights."""
    network = nn.Sequential(nn.Flatten(), nn.Linear(64, 10)).eval()
    before = network(IMAGES + 1)
    convert.quantized(network, IMAGES)
    assert torch.equal(network(IMAGES + 1), before)


def test_a_network_that_branches_is_not_quantised() -> None:
    """The message says what to do instead."""
    with pytest.raises(ContractError, match="without --quantize"):
        convert.quantized(Branching(), IMAGES)


def test_a_torch_without_qnnpack_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else computes in int8 on phones."""
    monkeypatch.setattr(convert, "QNNPACK", "none of this torch's engines")
    with pytest.raises(ContractError, match="lacks QNNPACK"):
        convert.quantized(Branching(), IMAGES)


def test_younger_operators_are_refused(tmp_path: Path) -> None:
    """This torch runs the file, the phone's runtime would not."""
    artifact = saved(Normalising(), tmp_path)
    with pytest.raises(ContractError, match="lacks aten::rms_norm"):
        phone.check_operators(artifact)


@pytest.mark.usefixtures("extension")
def test_operators_of_an_extension_are_refused(tmp_path: Path) -> None:
    """The phone's app does not have the extension."""
    with pytest.raises(ContractError, match="lacks extension::twice"):
        phone.check_operators(saved(Extended(), tmp_path))


def test_operators_that_need_lapack_are_refused(tmp_path: Path) -> None:
    """The runtime knows them, and fails when it is to run them."""
    with pytest.raises(ContractError, match="without LAPACK, which aten::linalg_inv "):
        phone.check_operators(saved(Inverting(), tmp_path))


@pytest.mark.parametrize(
    ("operator", "lacking"),
    [
        ("aten::mm", False),
        ("aten::mm.dtype", True),
        ("aten::mm.dtype_out", True),
        ("aten::hash_tensor.out", True),
        ("prims::sin", True),
        ("prim::ListConstruct", False),
    ],
)
def test_what_the_runtime_lacks_is_known(operator: str, lacking: bool) -> None:
    """Younger overloads, and what only Python defines."""
    assert phone.is_lacking(operator, arguments=2) is lacking


@pytest.mark.parametrize(
    ("operator", "needs"),
    [
        ("aten::linalg_eigh", True),
        ("aten::geqrf", True),
        ("aten::det", True),
        ("aten::detach", False),
        ("aten::linalg_vector_norm", False),
        ("aten::linalg_solve_triangular", False),
        ("aten::fft_rfft", False),
    ],
)
def test_what_needs_lapack_is_known(operator: str, needs: bool) -> None:
    """What only sounds like it is allowed."""
    assert bool(phone.LAPACK.match(operator)) is needs


def test_functions_of_python_are_refused(tmp_path: Path) -> None:
    """The message names the function, and what to write instead."""
    with pytest.raises(ContractError, match=r"'Squared'.*torch\.autograd\.Function"):
        saved(CallingPython(), tmp_path)


def test_branches_are_kept(tmp_path: Path) -> None:
    """A network that branches on values is scripted: both ways lead on."""
    runtime = Runtime(saved(Branching(), tmp_path))
    for images in (torch.ones(2, 8, 8), -torch.ones(2, 8, 8)):
        (actual,) = runtime.predict({"image": images.numpy()}).values()
        assert torch.equal(torch.from_numpy(actual), Branching()(images))


def test_branches_that_nothing_translates_are_refused() -> None:
    """The message says what to write instead."""
    with pytest.raises(ContractError, match=r"torch\.where"):
        convert.to_graph(Untranslatable(), IMAGES)


def test_a_network_for_other_images_is_refused() -> None:
    """Wrong rank: a network for flat images."""
    with pytest.raises(ContractError, match="does not take images"):
        convert.to_graph(nn.Linear(64, 10), IMAGES)


@pytest.mark.parametrize("content", [b"", b"not a model", b"PK\x03\x04" + bytes(64)])
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    """The lite interpreter's own words come in one sentence."""
    artifact = tmp_path / "model.ptl"
    artifact.write_bytes(content)
    with pytest.raises(ContractError, match="does not load"):
        Runtime(artifact)
