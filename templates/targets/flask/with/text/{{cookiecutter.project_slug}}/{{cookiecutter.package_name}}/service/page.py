"""What this model adds to the service: a page, and predictions for texts."""

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
    """Add the page, and the prediction for a text."""

    @pages.get("/")
    def index() -> str:
        return render_template("index.html", signature=predictor.signature)

    @pages.post("/predict/text")
    def predict_text() -> Response:
        if not request.is_json:
            raise RequestError("Send the header Content-Type: application/json.", 415)
        fields = request.get_json(silent=True)
        if not isinstance(fields, dict) or "text" not in fields:
            raise RequestError('Send a JSON object with the text: {"text": "..."}.')
        found = answer(predictor, {"text": column([fields["text"]])})
        return Response(payloads.dumps(found), mimetype="application/json")


def paths(signature: Signature) -> Schema:
    """Return the OpenAPI description of these routes."""
    body = {"application/json": {"schema": record({"text": {"type": "string"}})}}
    predict_text = {
        "summary": "Predict, for a text",
        "operationId": "predict_text",
        "requestBody": {"required": True, "content": body},
        "responses": responses(schema(signature.task)),
    }
    return {"/predict/text": {"post": predict_text}}
