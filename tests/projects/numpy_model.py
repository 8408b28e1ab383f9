"""A generated Flask project that serves a model made of NumPy, without a framework."""

from __future__ import annotations

from typing import Any

import numpy as np

from projects.conftest import Project

RUNTIME = """
import os
import time

import numpy as np

WEIGHTS = np.random.default_rng(0).normal(size=(64, 10)).astype(np.float32)


class InputError(Exception):
    pass


class Runtime:
    def __init__(self, artifact, threads=1):
        time.sleep(float(os.environ.get("LOADING_SECONDS", "0")))

    def predict(self, inputs):
        scores = np.exp(inputs["image"].reshape(-1, 64) @ WEIGHTS * 0.01)
        return {"probabilities": scores / scores.sum(1, keepdims=True)}
"""


def install(project: Project) -> None:
    """Write the model's artifacts, and the runtime that serves it, into the project."""
    runtime = project.path / project.package / "contract" / "runtime.py"
    runtime.write_text(RUNTIME, "utf-8")
    folder = project.path / "artifacts"
    folder.mkdir()
    (folder / "model").write_bytes(b"weights")
    contract = project.module("contract")
    signature(contract, contract.digest(folder / "model")).write(folder)
    inputs = {"image": np.random.default_rng(1).random((4, 8, 8), np.float32)}
    outputs = project.module("contract.runtime").Runtime(folder).predict(inputs)
    contract.Golden(inputs, outputs).write(folder)


def signature(contract: Any, sha256: str) -> Any:
    preprocessing = {"height": 8, "width": 8, "layout": "NHW", "scale": 1 / 255}
    fields = {"labels": list("0123456789"), "preprocessing": preprocessing}
    return contract.Signature(
        name="digits",
        format="onnx",
        artifact="model",
        sha256=sha256,
        sources={},
        framework="keras",
        framework_version="3",
        inputs={"image": contract.TensorSpec("float32", (None, 8, 8))},
        outputs={"probabilities": contract.TensorSpec("float32", (None, 10))},
        batch=contract.FREE,
        task=contract.Task.take(fields),
        tolerance=contract.Tolerance(),
    )
