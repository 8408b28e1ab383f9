"""The service: TensorFlow Serving's REST API over Flask."""

import gc
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, render_template, request
from prometheus_client import CONTENT_TYPE_LATEST
from werkzeug.exceptions import HTTPException

from ..contract import ContractError, Signature
from ..settings import ARTIFACTS
from . import config, draining, logs, metrics, openapi, page, protocol
from .front.front import Front
from .predictor import Predictor
from .protocol import RequestError


def create_app(
    artifacts: Path = ARTIFACTS, overrides: Mapping[str, Any] | None = None
) -> Flask:
    """Return the service for the model in a folder of artifacts.

    Raises ContractError or ConfigError where it cannot serve.
    """
    app = Flask(__name__)
    app.config.update(config.load(overrides))
    predictor = Predictor(artifacts, app.config["THREADS"])
    app.extensions["predictor"] = predictor
    add_model_routes(app, predictor)
    add_operator_routes(app)
    add_documentation(app, predictor.signature)
    page.add_routes(app, predictor)
    app.register_error_handler(RequestError, refuse)
    app.register_error_handler(HTTPException, explain)
    return app


def add_model_routes(app: Flask, predictor: Predictor) -> None:
    """Add status, metadata and predict, with the version in the path or without."""
    model = f"/v1/models/{predictor.signature.name}"
    version = f"{model}/versions/{protocol.VERSION}"

    @app.get(model)
    @app.get(version)
    def status() -> Response:
        return reply(protocol.dumps(protocol.status()))

    @app.get(f"{model}/metadata")
    @app.get(f"{version}/metadata")
    def metadata() -> Response:
        return reply(protocol.dumps(protocol.metadata(predictor.signature)))

    @app.post(f"{model}:predict")
    @app.post(f"{version}:predict")
    def predict() -> Response:
        if request.mimetype not in ("application/json", ""):
            raise RequestError("Send the header Content-Type: application/json.", 415)
        return reply(predictor.answer(unpacked_body()))


def add_documentation(app: Flask, signature: Signature) -> None:
    """Add the description of the API, for people and for programs."""
    specification = openapi.describe(signature, app.config["MAX_CONTENT_LENGTH"])

    @app.get("/docs")
    def docs() -> str:
        return render_template("docs.html", specification=specification)

    @app.get("/openapi.json")
    def specification_file() -> Response:
        return reply(protocol.dumps(specification))

    @app.after_request
    def forbid_outside_resources(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = "default-src 'self'"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def add_operator_routes(app: Flask) -> None:
    """Add what orchestrators and monitoring ask for."""

    @app.get("/healthz")
    def healthz() -> Response:
        return reply(protocol.dumps({"status": "alive"}))

    @app.get("/readyz")
    def readyz() -> Response:
        # A process listens only once its model is loaded, warm and checked.
        if draining.has_begun():
            return reply(protocol.error("The service is shutting down."), 503)
        return reply(protocol.dumps({"status": "ready"}))

    @app.get("/metrics")
    def exposition() -> Response:
        return Response(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)


def unpacked_body() -> bytes:
    """Return the request's body, unzipped if it is zipped; raises RequestError."""
    body = request.get_data()
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if encoding == "identity":
        return body
    if encoding not in ("gzip", "x-gzip"):
        raise RequestError("The only Content-Encoding is gzip.", 415)
    limit: int = current_app.config["MAX_CONTENT_LENGTH"]
    unzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        unpacked = unzip.decompress(body, limit + 1)
    except zlib.error as error:
        raise RequestError("The body is not in gzip format.") from error
    if len(unpacked) > limit:
        raise RequestError(f"Send at most {limit} bytes, unzipped.", 413)
    if not unzip.eof:
        raise RequestError("The body in gzip format is not complete.")
    if unzip.unused_data:
        raise RequestError("The body in gzip format has something behind its end.")
    return unpacked


def refuse(error: RequestError) -> Response:
    """Answer a request that the protocol refuses."""
    return reply(protocol.error(str(error)), error.status)


def explain(error: HTTPException) -> Response:
    """Answer what Flask refuses, in the form that the protocol has for errors."""
    headers = [(k, v) for k, v in error.get_headers() if k != "Content-Type"]
    body = protocol.error(error.description or error.name)
    return Response(body, error.code, headers, mimetype="application/json")


def reply(body: bytes, status: int = 200) -> Response:
    """Return a JSON answer."""
    return Response(body, status, mimetype="application/json")


def create_service() -> Front:
    """Return the application as Granian runs it, with its front."""
    try:
        logs.configure(config.load()["LOG_LEVEL"])
        app = create_app()
    except (config.ConfigError, ContractError) as error:
        sys.exit(f"error: {error}")
    predictor = app.extensions["predictor"]
    metrics.describe(predictor.signature)
    front = Front(app, predictor)
    gc.freeze()  # all this stays; collecting it takes longer than many predictions
    return front
