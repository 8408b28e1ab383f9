"""The given model, in TensorFlow."""

from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from .contract import ContractError, Tensors, original
from .settings import MODELS

FRAMEWORK = ("tensorflow", tf.__version__)
SIGNATURE = "serving_default"


def load(folder: Path) -> Any:
    """Return the model; raises ContractError if TensorFlow cannot load it."""
    path = original.find(folder).path
    try:
        return tf.saved_model.load(str(path))
    except (OSError, ValueError, tf.errors.OpError) as error:
        version = tf.__version__
        raise ContractError(f"TensorFlow {version} cannot load {path}.") from error


def predict(network: Any, given: Tensors) -> dict[str, NDArray[Any]]:
    """Return the outputs by name, for inputs by name.

    Raises ContractError if the model does not take inputs of these dtypes and shapes,
    or gives bytes that are no text.
    """
    tensors = {name: tf.constant(tensor) for name, tensor in given.items()}
    try:
        outputs = network.signatures[SIGNATURE](**tensors)
    except (ValueError, tf.errors.OpError) as error:
        raise ContractError(original.refusal(given, error)) from error
    return {name: _plain(name, outputs[name].numpy()) for name in outputs}


def _plain(name: str, values: NDArray[Any]) -> NDArray[Any]:
    # TensorFlow's strings are bytes.
    if values.dtype.kind != "O":
        return values
    try:
        return np.char.decode(values.astype("S"), "utf-8")
    except UnicodeDecodeError as error:
        raise ContractError(
            f"The output {name!r} is bytes that are no text, which JSON cannot hold: "
            "save the model without it."
        ) from error


def serving(network: Any) -> Any:
    """Return the model as a graph with named and typed inputs and outputs."""
    inputs = original.find(MODELS).inputs
    specs = [tf.TensorSpec(s.shape, s.dtype, name) for name, s in inputs.items()]

    @tf.function(input_signature=specs)
    def serve(*tensors: tf.Tensor) -> dict[str, tf.Tensor]:
        named = dict(zip(inputs, tensors, strict=True))
        return dict(network.signatures[SIGNATURE](**named))

    return serve
