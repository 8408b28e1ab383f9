"""Conversion to LiteRT, for one example at a time."""

import re
from collections.abc import Iterator

import numpy as np
import tensorflow as tf

from .files import ContractError
from .tensors import Tensors


def converted(converter: tf.lite.TFLiteConverter) -> bytes:
    """Return the model; raises ContractError for operators that LiteRT lacks."""
    try:
        return bytes(converter.convert())
    except Exception as error:  # the converter's own error is not public
        lacking = sorted(set(re.findall(r"\btf\.(\w+)\(", str(error))))
        reason = ", ".join(lacking) or str(error).partition("\n")[0]
        raise ContractError(
            f"LiteRT cannot run the network; write it with other operators: {reason}"
        ) from error


def quantizing(
    converter: tf.lite.TFLiteConverter, examples: Tensors
) -> tf.lite.TFLiteConverter:
    """Return the converter, set to int8 with ranges taken from the examples.

    Inputs and outputs stay float32: an app need not know that it is quantized.
    """

    def representative() -> Iterator[dict[str, object]]:
        for row in range(len(next(iter(examples.values())))):
            yield {k: tensor[row][np.newaxis] for k, tensor in examples.items()}

    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative
    return converter
