"""What the clients' commands print."""

import numpy as np

from ..contract import Signature, Tensors


def show(outputs: Tensors, signature: Signature) -> str:
    """Return the three most probable labels, a line each."""
    (probabilities,) = outputs["probabilities"]
    labels = signature.task.labels
    best = np.argsort(probabilities)[::-1][:3]
    return "\n".join(f"{labels[i]}  {probabilities[i]:.1%}" for i in best)
