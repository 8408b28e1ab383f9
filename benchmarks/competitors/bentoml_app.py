"""BentoML with one worker."""

import os

import bentoml
import numpy as np
import onnxruntime as ort


@bentoml.service(workers=1)
class Digits:
    def __init__(self) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = ort.InferenceSession(
            os.environ["MODEL"], options, providers=["CPUExecutionProvider"]
        )

    @bentoml.api
    def predict(self, instances: list[list[list[float]]]) -> dict:
        image = np.asarray(instances, np.float32)
        (probabilities,) = self.session.run(None, {"image": image})
        return {"predictions": probabilities.tolist()}
