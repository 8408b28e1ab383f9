"""FastAPI with Pydantic models, and both kinds of view.

A run of a model blocks, so the documentation's choice is `def`, which runs in a thread;
with `async def` there is no thread, and nobody else is served meanwhile.
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


class Answer(BaseModel):
    predictions: Rows


@app.post("/predict")
def predict(question: Question) -> Answer:
    image = np.asarray(question.instances, np.float32)
    (probabilities,) = session.run(None, {"image": image})
    return Answer(predictions=probabilities.tolist())


@app.post("/predict-async")
async def predict_async(question: Question) -> Answer:
    return predict(question)
