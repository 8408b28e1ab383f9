"""What the exporter makes for LiteRT, and what it refuses."""

from pathlib import Path

import pytest
import tensorflow as tf
from project.contract import (
    ContractError,
    Signature,
    litert,
)
from project.contract.runtime import Runtime
from project.settings import ARTIFACTS


class Foreign(tf.Module):
    """Uses an operator that LiteRT lacks."""

    @tf.function(input_signature=[tf.TensorSpec((1, 8, 8), tf.float32)])
    def serve(self, image: tf.Tensor) -> tf.Tensor:
        """Return the singular values."""
        return tf.linalg.svd(image, compute_uv=False)


def test_operators_that_litert_lacks_are_refused() -> None:
    """The message names the operator."""
    network = Foreign()
    graphs = [network.serve.get_concrete_function()]
    converter = tf.lite.TFLiteConverter.from_concrete_functions(graphs, network)
    with pytest.raises(ContractError, match="Svd"):
        litert.converted(converter)


class Branching(tf.Module):
    """Branches on the value of a tensor that was taken out of the graph."""

    @tf.function(input_signature=[tf.TensorSpec((1, 8, 8), tf.float32)])
    def serve(self, image: tf.Tensor) -> tf.Tensor:
        """Return the image if it is bright, by NumPy's word."""
        return image if image.numpy().any() else image * 2


class Flat(tf.Module):
    """Takes images of another rank."""

    @tf.function(input_signature=[tf.TensorSpec((1, 8, 8), tf.float32)])
    def serve(self, image: tf.Tensor) -> tf.Tensor:
        """Multiply what must be a matrix by one."""
        return tf.linalg.matmul(tf.ensure_shape(image, (1, 64)), tf.eye(64))


@pytest.mark.parametrize(
    ("network", "reason"), [(Branching(), "numpy"), (Flat(), "rank 2")]
)
def test_networks_without_a_graph_are_refused(network: tf.Module, reason: str) -> None:
    """The message says why, and what to fix."""
    with pytest.raises(ContractError, match=rf"model\.py.*{reason}"), litert.tracing():
        network.serve.get_concrete_function()


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_what_is_no_model_is_refused(tmp_path: Path, share: float) -> None:
    """An empty file, and half of one."""
    whole = Signature.read(ARTIFACTS).verify(ARTIFACTS).read_bytes()
    artifact = tmp_path / "model.tflite"
    artifact.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(ContractError, match="does not load"):
        Runtime(artifact)
