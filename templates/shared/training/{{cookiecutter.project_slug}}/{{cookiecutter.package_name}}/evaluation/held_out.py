"""Held-out raw examples: what is served scores as training did, or is not the same."""

from collections.abc import Callable

from .. import data
from ..contract import ContractError, Tensors
from ..contract.raw import Columns
from ..contract.trained import Trained
from ..settings import MODELS
from .score import score

MOST = 500  # examples; more would tell little more
ALLOWED = 0.01  # between two scores of the same examples


def check(predict: Callable[[Columns], Tensors]) -> None:
    """Raise ContractError unless raw examples score as they did in training.

    `predict` takes raw values by column through one of the ways that they are served.
    """
    trained = Trained.read(MODELS)
    examples = data.read().take(trained.held_out)
    served = score(examples.targets, predict(examples.raw))
    if abs(served - trained.score) > ALLOWED:
        raise ContractError(
            f"Served raw, held-out examples have an {trained.metric} of {served:.3f}, "
            f"and {trained.score:.3f} in training: training changes the data in a way "
            "that prepare.py does not. Move that from data.load or train.py to "
            "prepare.py, and train and export again."
        )
