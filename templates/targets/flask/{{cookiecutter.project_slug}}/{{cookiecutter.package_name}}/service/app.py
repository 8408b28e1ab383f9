"""The Flask application: TensorFlow Serving's REST API, and pages for people."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from ..settings import ARTIFACTS
from . import config, metrics, payloads, routes
from .payloads import RequestError
from .predictor import Predictor


def create_app(
    artifacts: Path = ARTIFACTS, overrides: Mapping[str, Any] | None = None
) -> Flask:
    """Return the application for the model in a folder of artifacts.

    Raises ContractError or ConfigError if it cannot serve.
    """
    app = Flask(__name__, static_folder=None)  # the pages' blueprint has it
    app.config.update(config.load(overrides))
    predictor = Predictor(artifacts, app.config["THREADS"])
    app.extensions["predictor"] = predictor
    metrics.set_model(predictor.signature)
    app.register_blueprint(routes.model(predictor))
    app.register_blueprint(routes.health())
    app.register_blueprint(routes.pages(predictor, app.config["MAX_CONTENT_LENGTH"]))
    app.register_error_handler(RequestError, handle_request_error)
    app.register_error_handler(HTTPException, handle_http_exception)
    return app


def handle_request_error(error: RequestError) -> Response:
    """Return the response to a request that does not follow the protocol."""
    return routes.json_response(payloads.error(str(error)), error.status)


def handle_http_exception(error: HTTPException) -> Response:
    """Return Flask's own errors, such as 404, in the protocol's format."""
    headers = [(k, v) for k, v in error.get_headers() if k != "Content-Type"]
    body = payloads.error(error.description or error.name)
    return Response(body, error.code, headers, mimetype="application/json")
