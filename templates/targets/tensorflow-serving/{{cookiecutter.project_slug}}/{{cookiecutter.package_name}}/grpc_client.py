"""A client for the gRPC API, without TensorFlow: as a class and as a command."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import grpc
from numpy.typing import ArrayLike, NDArray

from . import command
from .client import ServiceError
from .contract import ContractError, Signature
from .messages import PredictRequest, PredictResponse
from .settings import ARTIFACTS
from .tensors import to_array, to_tensor

DEFAULT_ADDRESS = "127.0.0.1:8500"
PREDICT = "/tensorflow.serving.PredictionService/Predict"
MAX_MESSAGE_BYTES = 64 * 2**20


class GrpcClient:
    """Speaks to one model of one server, over one channel."""

    def __init__(self, address: str, model: str, timeout: float = 10.0) -> None:
        """Remember the server's address, the model's name, and the seconds to wait."""
        self.model = model
        self.timeout = timeout
        sizes = ("grpc.max_send_message_length", "grpc.max_receive_message_length")
        options = [(size, MAX_MESSAGE_BYTES) for size in sizes]
        self.channel = grpc.insecure_channel(address, options)
        self._predict = self.channel.unary_unary(
            PREDICT,
            request_serializer=PredictRequest.SerializeToString,
            response_deserializer=PredictResponse.FromString,
        )

    def predict(
        self,
        inputs: Mapping[str, ArrayLike],
        signature_name: str = "serving_default",
        label: str = "",
    ) -> dict[str, NDArray[Any]]:
        """Return the outputs by name, for inputs by name; the first axis is the batch.

        Raises ServiceError with the server's own words where it refuses.
        """
        request = PredictRequest()
        request.model_spec.name = self.model
        request.model_spec.signature_name = signature_name
        request.model_spec.version_label = label
        for name, value in inputs.items():
            request.inputs[name].CopyFrom(to_tensor(value))
        try:
            response = self._predict(request, timeout=self.timeout)
        except grpc.RpcError as error:
            raise ServiceError(f"{error.code().name}: {error.details()}") from error
        return {name: to_array(value) for name, value in response.outputs.items()}


def main() -> None:
    """Send a file and print the answer."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("file", type=Path, help=command.HELP)
    parser.add_argument("--address", default=DEFAULT_ADDRESS)
    options = parser.parse_args()
    try:
        signature = Signature.read(ARTIFACTS)
        client = GrpcClient(options.address, signature.name)
{% include ["partials/request.py", "partials/request-read.py"] %}
    except OSError as error:
        sys.exit(f"error: cannot read {options.file}: {error.strerror}")
    except (command.FileError, ContractError, ServiceError) as error:
        sys.exit(f"error: {error}")
    print(command.show(outputs, signature))


if __name__ == "__main__":
    main()
