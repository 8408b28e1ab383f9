"""The model's outputs, from the service's answers for people."""

from typing import Any

import numpy as np

from {{ cookiecutter.package_name }}.contract import Signature, Tensors


def outputs_of(answers: list[dict[str, Any]], signature: Signature) -> Tensors:
    """Return the probabilities: (count, labels)."""
    labels = signature.task.labels
    rows = [[one["probabilities"][label] for label in labels] for one in answers]
    return {"probabilities": np.array(rows)}
