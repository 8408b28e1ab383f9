"""The ceilings: bare callables, with the model and without. No checks at all."""

import os

import numpy as np
import onnxruntime as ort
import orjson

options = ort.SessionOptions()
options.intra_op_num_threads = 1
session = ort.InferenceSession(
    os.environ["MODEL"], options, providers=["CPUExecutionProvider"]
)
HEADERS = [("Content-Type", "application/json")]
ANSWER = orjson.dumps({"predictions": [[0.1] * 10]})


def predict(body):
    image = np.asarray(orjson.loads(body)["instances"], np.float32)
    (probabilities,) = session.run(None, {"image": image})
    answer = {"predictions": probabilities}
    return orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY)


def with_model(environ, start_response):
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    start_response("200 OK", HEADERS)
    return [predict(body)]


class RSGI:
    @staticmethod
    async def __rsgi__(scope, protocol):
        protocol.response_bytes(200, HEADERS, predict(await protocol()))


def without_model(environ, start_response):
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    np.asarray(orjson.loads(body)["instances"], np.float32)
    start_response("200 OK", HEADERS)
    return [ANSWER]
