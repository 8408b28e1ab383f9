"""Convert the model to LiteRT."""

import re
from pathlib import Path
from typing import Any

import tensorflow as tf

from ..model import serving
from .files import ContractError


def write_artifact(network: Any, path: Path) -> None:
    """Write the model with its named inputs and outputs, free dimensions left free.

    Raises ContractError for operators that LiteRT lacks.
    """
    graph = serving(network).get_concrete_function()
    # The converter reads the values of those variables alone that a module tracks.
    module = tf.Module()
    module.variables_of_graph = graph.graph.variables
    converter = tf.lite.TFLiteConverter.from_concrete_functions([graph], module)
    try:
        path.write_bytes(converter.convert())
    except Exception as error:  # the converter's own error is not public
        lacking = sorted(set(re.findall(r"\btf\.(\w+)\(", str(error))))
        reason = ", ".join(lacking) or str(error).partition("\n")[0]
        raise ContractError(
            f"LiteRT cannot run the model; deploy it with another target: {reason}"
        ) from error
