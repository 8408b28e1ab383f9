"""What this model adds to the service: a page to draw on, and image files."""

from typing import Any

import numpy as np
from flask import Blueprint, Response, render_template, request
from numpy.typing import NDArray

from .. import prepare
from ..contract import Signature
from . import payloads
from .payloads import RequestError
from .predictor import Predictor
from .schema import Schema, record, responses


def add_routes(pages: Blueprint, predictor: Predictor) -> None:
    """Add the page, and the prediction for a file."""

    @pages.get("/")
    def index() -> str:
        return render_template("index.html", signature=predictor.signature)

    @pages.post("/predict/image")
    def predict_image() -> Response:
        if request.mimetype != "multipart/form-data":
            raise RequestError("Send a form, of type multipart/form-data.", 415)
        file = request.files.get("image")
        if file is None:
            raise RequestError("Send the file as the form field 'image'.")
        try:
            pixels = prepare.read(file.stream, predictor.signature.task.preprocessing)
        except prepare.ImageError as error:
            raise RequestError(str(error)) from error
        answer = payloads.dumps(classify(predictor, pixels))
        return Response(answer, mimetype="application/json")


def classify(predictor: Predictor, pixels: NDArray[np.float32]) -> dict[str, Any]:
    """Return the most probable label of one image, and all probabilities."""
    (name,) = predictor.signature.inputs
    probabilities = predictor.predict({name: pixels})["probabilities"][0]
    labels = predictor.signature.task.labels
    return {
        "label": labels[int(np.argmax(probabilities))],
        "probabilities": dict(zip(labels, map(float, probabilities), strict=True)),
    }


def paths(signature: Signature) -> Schema:
    """Return the OpenAPI description of these routes."""
    return {"/predict/image": {"post": _predict_image(signature)}}


def _predict_image(signature: Signature) -> Schema:
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    probability = {"type": "number", "minimum": 0, "maximum": 1.001}
    probabilities = record(dict.fromkeys(signature.task.labels, probability))
    label = {"type": "string", "enum": signature.task.labels}
    form = {"multipart/form-data": {"schema": record({"image": file})}}
    return {
        "summary": "Predict, for an image file with light ink on a dark ground",
        "operationId": "predict_image",
        "requestBody": {"required": True, "content": form},
        "responses": responses(
            record({"label": label, "probabilities": probabilities})
        ),
    }
