"""What is read from TorchScript archives; pickles are refused."""

from __future__ import annotations

import time
from pathlib import Path

import model_files as made
import pytest
from reading import WHOLE, look, reasons, refusal, survives

from dlscaffold.models.description import Tensor


def test_torchscript(tmp_path: Path) -> None:
    more = "scale: float=1.5,\n    mask: Optional[Tensor]=None"
    code = made.TORCH_CODE.replace("mask: Tensor", more)
    found = look(tmp_path, "m.pt", made.torchscript(code=code))
    assert found.format == "torchscript"
    assert found.inputs == (
        Tensor("image", None, None),
        Tensor("scale", "float64", ()),
        Tensor("mask", None, None),
    )
    assert found.outputs == (
        Tensor("output_0", None, None),
        Tensor("output_1", None, None),
        Tensor("output_2", None, None),
    )
    assert found.parameters == 15
    assert found.operators == {"torch.linear": 1}


@pytest.mark.parametrize("lite", [False, True])
def test_torchscript_of_what_no_request_can_become(tmp_path: Path, lite: bool) -> None:
    code = made.TORCH_CODE.replace("image: Tensor", "image: Dict[str, Tensor]")
    code = code.replace("Tuple[Tensor, Tuple", "Tuple[int, Tuple")
    found = look(tmp_path, "m.pt", made.torchscript(lite, code))
    odd = [
        fit.because for fit in found.targets if "Dict[str, Tensor], int" in fit.because
    ]
    assert odd
    assert not any(fit.format for fit in found.targets)


def test_torchscript_without_a_request(tmp_path: Path) -> None:
    takes_nothing = TAKES_NOTHING.format("Tensor")
    found = look(tmp_path, "m.pt", made.torchscript(code=takes_nothing))
    assert "takes no input" in reasons(found)["flask"]
    found = look(tmp_path, "m.pt", made.torchscript(code="class Small(Module):\n"))
    assert "no forward method" in reasons(found)["flask"]


TAKES_NOTHING = "class Small(Module):\n  def forward(self: __torch__.Small) -> {}:\n"


@pytest.mark.parametrize("kind", ["bool", "int", "float", "Optional[Tensor]", "str"])
def test_torchscript_of_what_onnx_does_not_take(kind: str, tmp_path: Path) -> None:
    code = TAKES_NOTHING.format("Tensor").replace(
        "__torch__.Small", f"__torch__.Small,\n    x: Tensor,\n    more: {kind}"
    )
    found = look(tmp_path, "m.pt", made.torchscript(code=code))
    fit = {fit.target: fit for fit in found.targets}
    assert fit["flask"].format is None
    assert kind in fit["flask"].because
    assert bool(fit["pytorch-mobile"].format) is (kind != "str")


def test_a_default_may_be_text_with_brackets(tmp_path: Path) -> None:
    own = '__torch__.Small,\n    x: Tensor,\n    mode: str="a, b) -> c"'
    code = TAKES_NOTHING.format("Tensor").replace("__torch__.Small", own)
    found = look(tmp_path, "m.pt", made.torchscript(code=code))
    assert [one.name for one in found.inputs] == ["x", "mode"]


def test_torchscript_that_was_frozen(tmp_path: Path) -> None:
    members = {
        "small/data.pkl": made.torchscript_pickle(),
        "small/code/__torch__.py": made.TORCH_CODE,
        "small/constants.pkl": made.torchscript_pickle(("0", 8), ("1", 2)),
    }
    assert look(tmp_path, "m.pt", made.archive(members)).parameters == 10
    members["small/data.pkl"] = made.torchscript_pickle(("0", 3))
    assert look(tmp_path, "m.pt", made.archive(members)).parameters == 3


def test_lite_interpreter(tmp_path: Path) -> None:
    found = look(tmp_path, "m.ptl", WHOLE["small.ptl"])
    assert found.format == "lite-interpreter"
    assert "bytecode version 8" in found.notes


@pytest.mark.parametrize(
    "data",
    [
        made.archive({"m/data.pkl": b"cos\nsystem\n", "m/version": "3"}),
        b"\x80\x02}q\x00.",
        b"\x80\x04cos\nsystem\n(S'touch ran'\ntR.",
    ],
)
def test_pickles_are_refused(
    data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "torch.export.save" in refusal(tmp_path, "m.pt", data)
    assert [file.name for file in tmp_path.iterdir()] == ["m.pt"]


HEADER = "class Small(Module):\n  def forward(self: "


@pytest.mark.parametrize(
    "code",
    [
        HEADER + "a" * 8000 + ") -> " * 2000 + "\n",
        HEADER + ") -> x" * 3000 + ":",
        HEADER + ", a: Tuple[" * 1500 + ") -> " + "Tuple[" * 1500 + ":\n",
        HEADER + "M) -> " + "a+" * 9000 + "a:\n",
        HEADER + "M) -> " + "lambda: " * 2000 + "a:\n",
        HEADER * 20_000,
        "ops." * 100_000,
    ],
)
def test_code_that_would_keep_a_pattern_busy(code: str, tmp_path: Path) -> None:
    started = time.process_time()
    survives(tmp_path, "m.pt", made.torchscript(code=code))
    assert time.process_time() - started < 10  # a careless pattern takes minutes


def test_a_pickle_of_too_many_parts(tmp_path: Path) -> None:
    pickle = b"\x80\x02c__torch__\nSmall\n" + b"K\1" * 600_000
    data = made.archive({"m/constants.pkl": b"", "m/data.pkl": pickle}, True)
    assert "over 500,000 parts" in refusal(tmp_path, "m.pt", data)
