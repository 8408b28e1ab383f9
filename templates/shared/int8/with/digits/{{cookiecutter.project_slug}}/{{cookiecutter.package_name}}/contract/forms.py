"""The forms that the model can be exported in: exact, and quantized to int8.

The int8 model has a quarter of the size, and is calibrated on real examples.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from .. import data
from ..evaluation.score import score
from ..prepare import prepare
from .convert import write_artifact, write_quantized
from .files import ContractError
from .parity import Tolerance
from .runtime import Runtime

CALIBRATION_EXAMPLES = 256
MOST_LOST = 0.01  # of the accuracy on held-out examples

# Of probabilities; a step of an int8 number from 0 to 1 alone is 0.004.
TOLERANCE = Tolerance(absolute=0.1, relative=0.0)


def write_int8(network: Any, path: Path) -> None:
    """Write the quantized network; raises ContractError if it loses too much."""
    dataset, how = data.load(), network.task.preprocessing
    calibration = dataset.train.take(slice(0, CALIBRATION_EXAMPLES))
    write_quantized(network, path, prepare(calibration.raw, how))
    inputs, targets = prepare(dataset.test.raw, how), dataset.test.targets
    before = score(targets, network.predict(inputs))
    refuse_loss(before, score(targets, Runtime(path).predict(inputs)))


def refuse_loss(before: float, after: float) -> None:
    """Raise ContractError if quantizing costs more than one point of accuracy."""
    # Rounded: 0.98 - 0.97 is more than 0.01 to a computer.
    if round(before - after, 9) > MOST_LOST:
        raise ContractError(
            f"Quantized, the model is right on {after:.1%} of held-out examples "
            f"instead of {before:.1%}: export it without --quantize."
        )


WRITERS: dict[str, Callable[[Any, Path], None]] = {
    "float32": write_artifact,
    "int8": write_int8,
}
