"""What every conversion to LiteRT has in common."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ..data import IMAGE_SHAPE
from .files import ContractError


@contextmanager
def tracing() -> Iterator[None]:
    """Raise ContractError where TensorFlow cannot make a graph of the network."""
    try:
        yield
    except (ValueError, TypeError, AttributeError, NotImplementedError) as error:
        reason = re.sub(r"\x1b\[\d+m", "", " ".join(str(error).split()))
        raise ContractError(
            f"The network has no one graph for images {(1, *IMAGE_SHAPE)}; fix it in "
            f"model.py, with tf.where instead of Python's if: {reason[:300]}"
        ) from error


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

    Input and output stay float32: an app need not know that it is quantized.
    """

    def representative() -> Iterator[list[NDArray[np.float32]]]:
        for example in examples:
            yield [example[np.newaxis]]

    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative
    return converter
