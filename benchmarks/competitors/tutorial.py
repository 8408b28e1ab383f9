"""What most tutorials show: the training framework's own predict in a Flask view."""

import os

import keras
import numpy as np
from flask import Flask, jsonify, request

app = Flask(__name__)
model = keras.models.load_model(os.environ["KERAS_MODEL"])


@app.post("/predict")
def predict():
    image = np.array(request.get_json()["instances"])
    outputs = model.predict({"image": image})
    return jsonify({"predictions": outputs["probabilities"].tolist()})
