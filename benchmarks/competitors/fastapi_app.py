"""FastAPI with a Pydantic model for the body, the two ways a view can be written.

`def` is what FastAPI's documentation advises for a library that blocks; `async def` is
faster for a prediction of microseconds, and stops the server for a longer one.
"""

import os

import numpy as np
import onnxruntime as ort
from fastapi import FastAPI
from pydantic import BaseModel

options = ort.SessionOptions()
options.intra_op_num_threads = 1
session = ort.InferenceSession(
    os.environ["MODEL"], options, providers=["CPUExecutionProvider"]
)
app = FastAPI()
Rows = list[list[float]]


class Question(BaseModel):
    instances: list[Rows]


def answer(question: Question) -> dict[str, Rows]:
    image = np.asarray(question.instances, np.float32)
    (probabilities,) = session.run(None, {"image": image})
    return {"predictions": probabilities.tolist()}


@app.post("/predict")
def predict(question: Question) -> dict[str, Rows]:
    return answer(question)


@app.post("/predict-async")
async def predict_async(question: Question) -> dict[str, Rows]:
    return answer(question)
