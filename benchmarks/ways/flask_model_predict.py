"""What most tutorials show: a Keras model's `predict` behind Flask.

Run from the folder of a trained project: `PY flask_model_predict.py PORT`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import keras
import numpy as np
from flask import Flask, request

app = Flask(__name__)
model = keras.models.load_model(Path("models") / "model.keras")


@app.post("/v1/models/<name>:predict")
def predict(name: str) -> dict[str, object]:
    """Return the predictions for a request's instances."""
    images = np.asarray(request.get_json(force=True)["instances"], np.float32)
    outputs = model.predict({"image": images}, verbose=0)
    return {"name": name, "predictions": outputs["probabilities"].tolist()}


if __name__ == "__main__":
    app.run("127.0.0.1", int(sys.argv[1]))
