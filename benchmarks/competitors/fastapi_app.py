"""FastAPI with a Pydantic model for the body, and the faster of its kinds of view."""

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


@app.post("/predict")
async def predict(question: Question) -> dict[str, Rows]:
    image = np.asarray(question.instances, np.float32)
    (probabilities,) = session.run(None, {"image": image})
    return {"predictions": probabilities.tolist()}
