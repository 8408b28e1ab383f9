"""What export takes from the data: golden examples, and what goes in and comes out."""

from typing import Any

from . import contract, data, model

COUNT = 16


def golden(network: Any) -> contract.Golden:
    """Return held-out images with the probabilities that the network gives them."""
    images = data.load().test.images[:COUNT]
    return contract.Golden(
        inputs={"image": images},
        outputs={"probabilities": model.predict(network, images)},
    )


def describe(_network: Any, golden: contract.Golden) -> dict[str, Any]:
    """Return what the signature says of inputs and outputs."""
    return {
        "inputs": _specs(golden.inputs),
        "outputs": _specs(golden.outputs),
        "batch": contract.FREE,
        "labels": data.LABELS,
        "preprocessing": data.PREPROCESSING,
    }


def _specs(tensors: contract.Tensors) -> dict[str, contract.TensorSpec]:
    return {
        name: contract.TensorSpec(str(tensor.dtype), (None, *tensor.shape[1:]))
        for name, tensor in tensors.items()
    }
