"""What export takes from the data: golden examples, and what goes in and comes out."""

import re
from typing import Any

from .. import contract, data, model

COUNT = 16


def golden(network: Any) -> contract.Golden:
    """Return held-out images with the probabilities that the network gives them.

    Raises ContractError if the network does not take the images.
    """
    images = data.load().test.images[:COUNT]
    try:
        probabilities = model.predict(network, images)
    except Exception as error:  # TensorFlow's and Python's have no other base class
        # Keras writes several lines, in colours.
        reason = re.sub(r"\x1b\[\d+m", "", " ".join(str(error).split()))
        raise contract.ContractError(
            f"The network does not take images {images.shape}; "
            f"change it in model.py: {reason[:300]}"
        ) from error
    return contract.Golden({"image": images}, {"probabilities": probabilities})


def describe(_network: Any, golden: contract.Golden) -> dict[str, Any]:
    """Return what the signature says of inputs and outputs."""
    return {
        "inputs": _specs(golden.inputs),
        "outputs": _specs(golden.outputs),
        "batch": contract.FREE,
        "task": contract.Task(data.LABELS, data.PREPROCESSING),
    }


def _specs(tensors: contract.Tensors) -> dict[str, contract.TensorSpec]:
    return {
        name: contract.TensorSpec(str(tensor.dtype), (None, *tensor.shape[1:]))
        for name, tensor in tensors.items()
    }
