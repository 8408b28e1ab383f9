"""What this model adds to the service: a page, and predictions for picture files."""

from flask import Blueprint, Response, render_template, request

from ..contract import Signature
from ..contract.answers import schema
from ..contract.raw import column
from . import payloads
from .answering import answer
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
        found = answer(predictor, {"image": column([file.stream.read()])})
        return Response(payloads.dumps(found), mimetype="application/json")


def paths(signature: Signature) -> Schema:
    """Return the OpenAPI description of these routes."""
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    form = {"multipart/form-data": {"schema": record({"image": file})}}
    predict_image = {
        "summary": "Predict, for a picture file",
        "operationId": "predict_image",
        "requestBody": {"required": True, "content": form},
        "responses": responses(schema(signature.task)),
    }
    return {"/predict/image": {"post": predict_image}}
