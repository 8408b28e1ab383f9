"""A client for the gRPC API, without TensorFlow; as a command, it sends a file."""

from collections.abc import Mapping
from typing import Any

import grpc
from numpy.typing import ArrayLike, NDArray

from ..service.messages import PredictRequest, PredictResponse
from ..service.tensors import to_array, to_request
from . import command
from .rest import ServiceError

DEFAULT_ADDRESS = "127.0.0.1:8500"
PREDICT = "/tensorflow.serving.PredictionService/Predict"
MAX_MESSAGE_BYTES = 64 * 2**20


class GrpcClient:
    """Speaks to one model of one server, over one channel."""

    def __init__(self, address: str, model: str, timeout: float = 10.0) -> None:
        """Keep the server's address, the model's name, and the seconds to wait."""
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
        request = to_request(self.model, signature_name, inputs)
        request.model_spec.version_label = label
        try:
            response = self._predict(request, timeout=self.timeout)
        except grpc.RpcError as error:
            raise ServiceError(f"{error.code().name}: {error.details()}") from error
        return {output.key: to_array(output.value) for output in response.outputs}


if __name__ == "__main__":
    command.run(GrpcClient, "--address", DEFAULT_ADDRESS)
