"""What this model adds to the service: a form, and predictions for rows."""

import orjson
from flask import Blueprint, Response, render_template, request

from ..contract import Signature
from ..contract.answers import schema
from ..contract.preprocessing import Preprocessing
from ..contract.raw import Columns, RawError
from ..contract.rows import to_columns
from . import payloads
from .answering import answer
from .payloads import RequestError
from .predictor import Predictor
from .schema import Schema, responses


def add_routes(pages: Blueprint, predictor: Predictor) -> None:
    """Add the page, and the prediction for a row."""
    how = predictor.signature.task.preprocessing

    @pages.get("/")
    def index() -> str:
        return render_template("index.html", signature=predictor.signature)

    @pages.post("/predict/row")
    def predict_row() -> Response:
        if request.mimetype != "application/json":
            raise RequestError("Send the header Content-Type: application/json.", 415)
        found = answer(predictor, _columns(request.get_data(), how))
        return Response(payloads.dumps(found), mimetype="application/json")


def _columns(body: bytes, how: Preprocessing) -> Columns:
    try:
        return to_columns(orjson.loads(body), how)
    except orjson.JSONDecodeError as error:
        raise RequestError(f"The body is not JSON: {error}.") from error
    except RawError as error:
        raise RequestError(str(error)) from error


def paths(signature: Signature) -> Schema:
    """Return the OpenAPI description of these routes."""
    how = signature.task.preprocessing
    category = ["string", "number", "boolean", "null"]
    types: dict[str, Schema] = {
        **{name: {"type": ["number", "null"]} for name in how.numbers},
        **{name: {"type": category} for name in how.categories},
        **{name: {} for name in how.left_out},
    }
    row = {"type": "object", "properties": types, "additionalProperties": False}
    content = {"application/json": {"schema": row}}
    predict_row = {
        "summary": "Predict, for a row",
        "operationId": "predict_row",
        "requestBody": {"required": True, "content": content},
        "responses": responses(schema(signature.task)),
    }
    return {"/predict/row": {"post": predict_row}}
