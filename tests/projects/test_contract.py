"""The contract of a generated project: signature, golden examples, parity, export."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlscaffold.doctor import generated
from dlscaffold.project import given
from projects.conftest import Project

DIGITS, GIVEN = "keras-flask-onnx", "given-onnx-flask-onnx-own-examples"


@pytest.fixture(scope="module", params=[DIGITS, GIVEN])
def project(
    request: pytest.FixtureRequest, project_of: Callable[[str], Project]
) -> Project:
    """A project that trains, and one that starts from a given model."""
    return project_of(request.param)


@pytest.fixture
def contract(project: Project) -> Any:
    """The project's contract package."""
    return project.module("contract")


@pytest.fixture
def signature(contract: Any) -> Any:
    """A signature with a task of the project's own kind."""
    fields = {
        "examples": "drawn",
        "labels": ["0", "1"],
        "preprocessing": {"height": 1, "width": 2, "layout": "NHW", "scale": 0.5},
    }
    return contract.Signature(
        name="model",
        format="onnx",
        artifact="model.onnx",
        sha256="0" * 64,
        sources={},
        framework="keras",
        framework_version="3",
        inputs={"x": contract.TensorSpec("float32", (None, 2))},
        outputs={"y": contract.TensorSpec("float32", (None, 3))},
        batch=contract.FREE,
        task=contract.Task.take(fields),
        tolerance=contract.Tolerance(1e-3, 0.1),
    )


def test_a_signature_is_read_as_it_was_written(
    contract: Any, signature: Any, tmp_path: Path
) -> None:
    signature.write(tmp_path)
    assert contract.Signature.read(tmp_path) == signature


def test_the_fields_of_the_task_stand_beside_the_others(
    signature: Any, tmp_path: Path
) -> None:
    """The phones' apps read them there."""
    signature.write(tmp_path)
    fields = json.loads((tmp_path / "signature.json").read_text("utf-8"))
    assert "task" not in fields
    assert set(dataclasses.asdict(signature.task)) <= fields.keys()


@pytest.mark.parametrize(
    "text", [None, "", "[]", "{}", '{"inputs": 7}', '{"inputs": {"x": 1}}']
)
def test_what_is_not_a_signature_is_one_sentence(
    contract: Any, tmp_path: Path, text: str | None
) -> None:
    if text is not None:
        (tmp_path / "signature.json").write_text(text, "utf-8")
    with pytest.raises(contract.ContractError, match="export"):
        contract.Signature.read(tmp_path)


def test_golden_examples_keep_values_and_types(
    contract: Any, signature: Any, tmp_path: Path
) -> None:
    inputs = {"x": np.array([[0.1, -2.5]], np.float32)}
    outputs = {"y": np.array([[1, 2, 3]], np.float32)}
    contract.Golden(inputs, outputs).write(tmp_path)
    golden = contract.Golden.read(tmp_path, signature)
    np.testing.assert_array_equal(golden.inputs["x"], inputs["x"])
    assert golden.inputs["x"].dtype == np.float32
    np.testing.assert_array_equal(golden.outputs["y"], outputs["y"])


@pytest.mark.parametrize(
    ("expected", "actual", "close"),
    [
        (0.0, 0.9e-3, True),  # within the absolute tolerance
        (0.0, 1.1e-3, False),
        (100.0, 109.0, True),  # within the relative one
        (100.0, 111.0, False),
    ],
)
def test_tolerances_are_absolute_and_relative(
    contract: Any, expected: float, actual: float, close: bool
) -> None:
    """The two are far apart, so that neither can stand in for the other."""
    tolerance = contract.Tolerance(absolute=1e-3, relative=0.1)
    outputs = {"y": np.array([expected])}, {"y": np.array([actual])}
    if close:
        assert contract.check_parity(*outputs, tolerance) == abs(actual - expected)
        return
    with pytest.raises(contract.ContractError, match="is off"):
        contract.check_parity(*outputs, tolerance)


@pytest.mark.parametrize(
    "actual", [{}, {"y": np.zeros((1, 2))}, {"y": np.full((1, 3), np.nan)}]
)
def test_parity_needs_name_shape_and_numbers(
    contract: Any, actual: dict[str, Any]
) -> None:
    with pytest.raises(contract.ContractError):
        contract.check_parity(
            {"y": np.zeros((1, 3))}, actual, contract.Tolerance(1e9, 1e9)
        )


def test_another_artifact_is_refused(
    contract: Any, signature: Any, tmp_path: Path
) -> None:
    """The signature names its artifact by digest."""
    artifact = tmp_path / signature.artifact
    artifact.write_bytes(b"weights")
    digest = contract.digest(artifact)
    named = dataclasses.replace(signature, sha256=digest)
    assert named.verify(tmp_path) == artifact
    artifact.write_bytes(b"other weights")
    with pytest.raises(contract.ContractError, match="export again"):
        named.verify(tmp_path)


def test_what_the_artifact_was_made_from_may_not_change(
    project: Project, contract: Any, signature: Any
) -> None:
    """Changed code or data needs training, other weights need an export alone."""
    models = project.path / "models"
    models.mkdir(exist_ok=True)
    (models / "weights").write_text("1", "utf-8")
    paths = ("models", f"{project.package}/settings.py", "gone/in/a/container.py")
    digests = {
        path: contract.digest(project.path / path)
        for path in paths
        if (project.path / path).exists()
    }
    made = dataclasses.replace(signature, sources={**digests, paths[2]: "0"})
    assert made.staleness() == ""
    (models / "weights").write_text("2", "utf-8")
    export = f"`python -m {project.package}.export`"
    assert made.staleness() == f"models changed after the export: run {export}."
    code = dataclasses.replace(made, sources={paths[1]: "0"})
    assert re.match(r".*settings\.py .*train.*export", code.staleness())


def test_one_digest_in_project_and_generator(contract: Any, tmp_path: Path) -> None:
    """Of a file and of a folder; another name or another byte is another digest."""
    folder = tmp_path / "model"
    (folder / "variables").mkdir(parents=True)
    (folder / "saved_model.pb").write_bytes(b"graph")
    (folder / "variables/data").write_bytes(b"\0" * 5_000_000)
    seen = set()
    for change in ("none", "byte", "name"):
        if change == "byte":
            (folder / "saved_model.pb").write_bytes(b"grapf")
        if change == "name":
            (folder / "saved_model.pb").rename(folder / "saved_model.pbtxt")
        for path in (folder, folder / "variables/data"):
            digest = contract.digest(path)
            assert digest == given.digest(path) == generated.digest(path)
        seen.add(contract.digest(folder))
    assert len(seen) == 3


@pytest.fixture
def exporting(project: Project, contract: Any, tmp_path: Path, signature: Any) -> Any:
    """The export, on a model without a framework that returns twice its input."""
    golden = contract.Golden(
        {"x": np.ones((2, 2), np.float32)}, {"y": np.full((2, 2), 2, np.float32)}
    )

    class Runtime:
        def __init__(self, path: Path) -> None:
            self.factor = float(path.read_text("utf-8"))

        def predict(self, inputs: dict[str, Any]) -> dict[str, Any]:
            return {"y": inputs["x"] * self.factor}

    names = ("framework", "framework_version", "inputs", "outputs", "batch", "task")
    described = {name: getattr(signature, name) for name in names}
    project.replace(
        "contract.examples",
        load=lambda: 2,
        sources=lambda: {"models": "0"},
        golden=lambda _network: golden,
        describe=lambda _network, _golden: described,
    )
    project.replace(
        "contract.convert",
        write_artifact=lambda network, path: path.write_text(str(network), "utf-8"),
    )
    project.replace(
        "contract.runtime", FORMAT="onnx", ARTIFACT="model.onnx", Runtime=Runtime
    )
    module = project.module("contract.exporting")
    module.ARTIFACTS = tmp_path / "artifacts"
    return module


def test_export_writes_what_the_signature_names(exporting: Any, contract: Any) -> None:
    signature = exporting.export()
    folder = exporting.ARTIFACTS
    assert contract.Signature.read(folder) == signature
    assert signature.verify(folder).read_text("utf-8") == "2"
    assert sorted(path.name for path in folder.iterdir()) == [
        "golden.json",
        "model.onnx",
        "signature.json",
    ]


def test_export_replaces_nothing_if_the_artifact_is_off(
    exporting: Any, contract: Any
) -> None:
    exporting.export()
    before = {path: path.read_bytes() for path in exporting.ARTIFACTS.iterdir()}
    with pytest.raises(contract.ContractError, match="is off"):
        exporting.export(lambda _network, path: path.write_text("2.1", "utf-8"))
    after = {path: path.read_bytes() for path in exporting.ARTIFACTS.iterdir()}
    assert after == before


def test_the_signature_is_replaced_last(
    exporting: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interrupted before, the old signature does not name the new artifact."""
    exporting.export()
    replaced: list[str] = []
    replace = Path.replace

    def record(self: Path, target: Path) -> Path:
        replaced.append(target.name)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", record)
    exporting.export()
    assert replaced == ["model.onnx", "golden.json", "signature.json"]


def test_versions_count_up(exporting: Any, tmp_path: Path) -> None:
    exporting.runtime.ARTIFACT = "saved_model/{version}"
    for name in ("1", "9", "10", "x", "11.tmp"):
        (tmp_path / "saved_model" / name).mkdir(parents=True)
    assert exporting.next_artifact(tmp_path) == "saved_model/11"
    assert exporting.next_artifact(tmp_path / "empty") == "saved_model/1"


# As TensorFlow words an error in a function that it makes a graph of.
IN_USER_CODE = """in user code:

    File "/home/me/digits/contract/graphs.py", line 32, in serve  *
        return call(dict(zip(inputs, tensors, strict=True)))
    File "/home/me/digits/model.py", line 36, in __call__  *
        x = inputs["image"] @ self.kernel1

    ValueError: Dimensions must be equal, but are 8 and 3.
"""


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (IN_USER_CODE, "ValueError: Dimensions must be equal, but are 8 and 3."),
        ("\x1b[1mTwo\x1b[0m\nlines", "Two lines"),
        ("", "ValueError"),
    ],
)
def test_a_framework_s_reason_is_one_line_without_its_calls(
    project_of: Callable[[str], Project], message: str, reason: str
) -> None:
    refusals = project_of(DIGITS).module("contract.refusals")
    assert refusals.reason(ValueError(message)) == reason


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "is missing: train the model first"),
        ("{", "is not JSON: train the model again"),
        ("[]", "is not a JSON object: train the model again"),
        ("{}", "is not complete: train again"),
    ],
)
def test_what_training_left_is_read_or_named(
    project_of: Callable[[str], Project],
    tmp_path: Path,
    content: str | None,
    sentence: str,
) -> None:
    project = project_of(DIGITS)
    error = project.module("contract").ContractError
    if content is not None:
        (tmp_path / "trained.json").write_text(content)
    with pytest.raises(error, match=rf"trained\.json {sentence}"):
        project.module("contract.trained").Trained.read(tmp_path)
