"""The routes: the model's API, health and metrics, and pages."""

import zlib

from flask import Blueprint, Response, current_app, render_template, request
from prometheus_client import CONTENT_TYPE_LATEST

from . import metrics, openapi, page, payloads, protocol
from .payloads import RequestError
from .predictor import Predictor


def model(predictor: Predictor) -> Blueprint:
    """Return status, metadata and predict, with and without a version in the path."""
    blueprint = Blueprint("model", __name__)
    path = f"/v1/models/{predictor.signature.name}"
    versioned = f"{path}/versions/{protocol.VERSION}"

    @blueprint.get(path)
    @blueprint.get(versioned)
    def status() -> Response:
        return json_response(payloads.dumps(protocol.status()))

    @blueprint.get(f"{path}/metadata")
    @blueprint.get(f"{versioned}/metadata")
    def metadata() -> Response:
        return json_response(payloads.dumps(protocol.metadata(predictor.signature)))

    # The front answers most requests in place of this view, as long as the view and
    # what Flask runs around it are as generated (front/README.md).
    @blueprint.post(f"{path}:predict")
    @blueprint.post(f"{versioned}:predict")
    def predict() -> Response:
        if request.mimetype not in ("application/json", ""):
            raise RequestError("Send the header Content-Type: application/json.", 415)
        return json_response(predictor.answer(decompressed_body()))

    return blueprint


def health() -> Blueprint:
    """Return what orchestrators and monitoring request."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return json_response(payloads.dumps({"status": "alive"}))

    @blueprint.get("/readyz")
    def readyz() -> Response:
        # The application exists only once its model is loaded, warm and checked.
        return json_response(payloads.dumps({"status": "ready"}))

    @blueprint.get("/metrics")
    def exposition() -> Response:
        return Response(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)

    return blueprint


def pages(predictor: Predictor, body_limit: int) -> Blueprint:
    """Return the pages, their static files, and the description of the API."""
    blueprint = Blueprint(
        "pages", __name__, static_folder="static", static_url_path="/static"
    )
    specification = openapi.describe(predictor.signature, body_limit)
    page.add_routes(blueprint, predictor)

    @blueprint.get("/docs")
    def docs() -> str:
        return render_template("docs.html", specification=specification)

    @blueprint.get("/openapi.json")
    def specification_file() -> Response:
        return json_response(payloads.dumps(specification))

    @blueprint.after_request
    def set_security_headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = "default-src 'self'"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return blueprint


def decompressed_body() -> bytes:
    """Return the request's body, decompressed if it is gzip; raise RequestError."""
    body = request.get_data()
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if encoding == "identity":
        return body
    if encoding not in ("gzip", "x-gzip"):
        raise RequestError("The only Content-Encoding is gzip.", 415)
    limit: int = current_app.config["MAX_CONTENT_LENGTH"]
    gzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        decompressed = gzip.decompress(body, limit + 1)
    except zlib.error as error:
        raise RequestError("The body is not in gzip format.") from error
    if len(decompressed) > limit:
        raise RequestError(f"Send at most {limit} bytes, decompressed.", 413)
    if not gzip.eof:
        raise RequestError("The body in gzip format is not complete.")
    if gzip.unused_data:
        raise RequestError("The body in gzip format has trailing data.")
    return decompressed


def json_response(body: bytes, status: int = 200) -> Response:
    """Return a response in JSON."""
    return Response(body, status, mimetype="application/json")
