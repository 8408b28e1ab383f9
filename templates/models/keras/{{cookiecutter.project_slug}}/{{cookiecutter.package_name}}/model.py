"""The given model, in Keras."""

import os
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from .contract import ContractError, Tensors, original
from .settings import MODELS

FRAMEWORK = ("keras", keras.__version__)


def load(folder: Path) -> keras.Model:
    """Return the model; raises ContractError if Keras cannot load it."""
    path = original.find(folder).path
    try:
        return keras.models.load_model(path, compile=False, safe_mode=True)
    except (OSError, ValueError, TypeError) as error:
        raise ContractError(f"Keras {keras.__version__} cannot load {path}.") from error


def predict(network: keras.Model, given: Tensors) -> dict[str, NDArray[Any]]:
    """Return the outputs by name, for inputs by name.

    Raises ContractError if the model does not take inputs of these dtypes and shapes.
    """
    tensors = {name: tf.constant(tensor) for name, tensor in given.items()}
    try:
        outputs = _call(network, tensors)
    except (ValueError, tf.errors.OpError) as error:
        raise ContractError(original.refusal(given, error)) from error
    return {name: np.asarray(value) for name, value in outputs.items()}


def serving(network: keras.Model) -> Any:
    """Return the model as a graph with named and typed inputs and outputs."""
    inputs = original.find(MODELS).inputs
    specs = [tf.TensorSpec(s.shape, s.dtype, name) for name, s in inputs.items()]

    @tf.function(input_signature=specs, autograph=False)
    def serve(*tensors: tf.Tensor) -> dict[str, tf.Tensor]:
        return _call(network, dict(zip(inputs, tensors, strict=True)))

    try:
        serve.get_concrete_function()
    except ValueError as error:  # as of names that TensorFlow does not know as names
        raise ContractError(
            f"TensorFlow has no graph of the model ({original.first_line(error)}): "
            "save it again with layers whose names are letters, digits and underscores."
        ) from error
    return serve


def _call(network: keras.Model, tensors: dict[str, Any]) -> dict[str, Any]:
    """Return the outputs by name; Keras and model.json have the same order."""
    given = original.find(MODELS)
    values = [tensors[name] for name in given.inputs]
    is_plain = isinstance(network, keras.Sequential)
    taken = values[0] if is_plain else tf.nest.pack_sequence_as(network.input, values)
    outputs = network(taken, training=False)
    if isinstance(outputs, dict) and outputs.keys() == set(given.outputs):
        return {name: outputs[name] for name in given.outputs}
    return dict(zip(given.outputs, tf.nest.flatten(outputs), strict=True))
