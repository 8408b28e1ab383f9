"""The network as a graph of TensorFlow, which exporters take."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import tensorflow as tf

from . import refusals
from .files import ContractError
from .signature import TensorSpec

Named = dict[str, tf.Tensor]


def specs(inputs: dict[str, TensorSpec], batch: int | None = None) -> list[tf.TypeSpec]:
    """Return the named specs of the inputs, for so many examples or any number."""
    return [
        tf.TensorSpec((batch, *spec.shape[1:]), spec.dtype, name=name)
        for name, spec in inputs.items()
    ]


def serving(
    call: Callable[[Named], Named],
    inputs: dict[str, TensorSpec],
    batch: int | None = None,
) -> tf.types.experimental.GenericFunction:
    """Return a function from the inputs, in order, to the outputs by name."""

    @tf.function(input_signature=specs(inputs, batch))
    def serve(*tensors: tf.Tensor) -> Named:
        return call(dict(zip(inputs, tensors, strict=True)))

    return serve


@contextmanager
def exporting_to(title: str) -> Iterator[None]:
    """Raise ContractError where the network cannot be expressed in a format."""
    try:
        yield
    except ContractError:
        raise
    except Exception as error:  # TensorFlow's and its converters' have no base class
        raise refusals.of_export(title, error) from error
