"""What the clients' commands print."""

import json

from ..contract import Signature, Tensors


def show(outputs: Tensors, _signature: Signature) -> str:
    """Return the outputs by name, as JSON."""
    values = {name: tensor.tolist() for name, tensor in outputs.items()}
    return json.dumps(values, default=bytes.decode)  # text is bytes over gRPC
