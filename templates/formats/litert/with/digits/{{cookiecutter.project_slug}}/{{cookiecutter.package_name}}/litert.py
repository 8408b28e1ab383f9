"""What every conversion to LiteRT has in common."""

import re
from collections.abc import Iterator

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from .contract import ContractError


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
    converter: tf.lite.TFLiteConverter, examples: NDArray[np.float32]
) -> tf.lite.TFLiteConverter:
    """Return the converter, set to int8 with ranges taken from the examples.

    Input and output stay float32: the apps need not know that it is quantised.
    """

    def representative() -> Iterator[list[NDArray[np.float32]]]:
        for example in examples:
            yield [example[np.newaxis]]

    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative
    return converter
