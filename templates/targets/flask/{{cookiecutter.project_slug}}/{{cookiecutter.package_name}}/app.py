"""The service: TensorFlow Serving's REST API over Flask."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from prometheus_client import CONTENT_TYPE_LATEST
from werkzeug.exceptions import HTTPException

from . import config, logs, metrics, protocol
from .front import Front
from .predictor import Predictor
from .protocol import RequestError
from .settings import ARTIFACTS


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
        return reply(predictor.answer(request.get_data()))


def create_service() -> Front:
    """Return the application as Granian runs it, with its front."""
    app = create_app()
    logs.configure(app.config["LOG_LEVEL"])
    predictor = app.extensions["predictor"]
    metrics.describe(predictor.signature)
    return Front(app, predictor)


def add_operator_routes(app: Flask) -> None:
    """Add what orchestrators and monitoring ask for."""

    @app.get("/healthz")
    def healthz() -> Response:
        return reply(protocol.dumps({"status": "alive"}))

    @app.get("/readyz")
    def readyz() -> Response:
        # The process listens only once the model is loaded, warm and checked.
        return reply(protocol.dumps({"status": "ready"}))

    @app.get("/metrics")
    def exposition() -> Response:
        return Response(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)


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
