"""What the exporter makes for LiteRT, and what it refuses."""

from collections.abc import Callable
from pathlib import Path

import pytest
import tensorflow as tf
from project.contract import ContractError, Signature, TensorSpec, graphs, litert
from project.contract.runtime import Runtime
from project.settings import ARTIFACTS

INPUTS = {"image": TensorSpec("float32", (None, 8, 8))}


def foreign(inputs: graphs.Named) -> graphs.Named:
    """Return the singular values, by an operator that LiteRT lacks."""
    return {"values": tf.linalg.svd(inputs["image"], compute_uv=False)}


def branching(inputs: graphs.Named) -> graphs.Named:
    """Return the image if it is bright, by a value that is in no graph."""
    image = inputs["image"]
    return {"image": image if image.numpy().any() else image * 2}


def flat(inputs: graphs.Named) -> graphs.Named:
    """Multiply images, which have another rank, as if they were a matrix."""
    matrix = tf.ensure_shape(inputs["image"], (1, 64))
    return {"product": tf.linalg.matmul(matrix, tf.eye(64))}


def test_operators_that_litert_lacks_are_refused() -> None:
    """The message names the operator."""
    serve = graphs.serving(foreign, INPUTS, batch=1)
    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [serve.get_concrete_function()], tf.Module()
    )
    with pytest.raises(ContractError, match="Svd"):
        litert.converted(converter)


@pytest.mark.parametrize(("call", "reason"), [(branching, "numpy"), (flat, "rank 2")])
def test_networks_without_a_graph_are_refused(
    call: Callable[[graphs.Named], graphs.Named], reason: str
) -> None:
    """The message says why, and what to fix."""
    serve = graphs.serving(call, INPUTS, batch=1)
    refused = pytest.raises(ContractError, match=rf"LiteRT.*model\.py.*{reason}")
    with refused, graphs.exporting_to("LiteRT"):
        serve.get_concrete_function()


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_what_is_no_model_is_refused(tmp_path: Path, share: float) -> None:
    """An empty file, and half of one."""
    whole = Signature.read(ARTIFACTS).verify(ARTIFACTS).read_bytes()
    artifact = tmp_path / "model.tflite"
    artifact.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(ContractError, match="does not load"):
        Runtime(artifact)
