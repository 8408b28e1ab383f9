"""The given model, in Keras."""

import os
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from . import original
from .contract import ContractError, Tensors
from .settings import MODELS

FRAMEWORK = ("keras", keras.__version__)


def load(folder: Path) -> keras.Model:
    """Return the model; raises ContractError if Keras cannot load it."""
    path = original.find(folder).path
    try:
        return keras.models.load_model(path, compile=False, safe_mode={{ not cookiecutter._trust }})
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

    @tf.function(input_signature=specs)
    def serve(*tensors: tf.Tensor) -> dict[str, tf.Tensor]:
        return _call(network, dict(zip(inputs, tensors, strict=True)))

    return serve


def _call(network: keras.Model, tensors: dict[str, Any]) -> dict[str, Any]:
    values = [tensors[name] for name in original.find(MODELS).inputs]
    outputs = network(values if len(values) > 1 else values[0], training=False)
    names = original.find(MODELS).outputs
    return dict(zip(names, tf.nest.flatten(outputs), strict=True))
