"""LitServe with one worker."""

import os
import sys

import litserve
import numpy as np
import onnxruntime as ort


class Digits(litserve.LitAPI):
    def setup(self, device):  # noqa: ARG002
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = ort.InferenceSession(
            os.environ["MODEL"], options, providers=["CPUExecutionProvider"]
        )

    def decode_request(self, request):
        return np.asarray(request["instances"], np.float32)

    def predict(self, image):
        return self.session.run(None, {"image": image})[0]

    def encode_response(self, probabilities):
        return {"predictions": probabilities.tolist()}


if __name__ == "__main__":
    server = litserve.LitServer(Digits(), accelerator="cpu", workers_per_device=1)
    port = int(sys.argv[1])
    server.run(host="127.0.0.1", port=port, generate_client_file=False)
