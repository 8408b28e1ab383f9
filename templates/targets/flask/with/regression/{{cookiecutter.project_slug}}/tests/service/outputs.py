"""The model's outputs, from the service's answers for people."""

from typing import Any

import numpy as np

from {{ cookiecutter.package_name }}.contract import Signature, Tensors


def outputs_of(answers: list[dict[str, Any]], _signature: Signature) -> Tensors:
    """Return the values: (count,)."""
    return {"value": np.array([one["value"] for one in answers])}
