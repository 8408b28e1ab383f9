"""The service: TensorFlow Serving's REST API over Flask."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from flask import Flask, Response, request
from numpy.typing import NDArray
from werkzeug.exceptions import BadRequest, HTTPException

from . import contract, runtime
from .settings import ARTIFACTS

VERSION = "1"


def create_app(artifacts: Path = ARTIFACTS, test_config: Mapping[str, Any] | None = None) -> Flask:
    """Return the service for the model in a folder of artifacts.

    Raises ContractError if the folder does not hold what its signature names.
    """
    app = Flask(__name__)
    app.config.from_mapping(MAX_CONTENT_LENGTH=1_000_000)
    app.config.from_prefixed_env()
    app.config.from_mapping(test_config or {})
    signature = contract.Signature.read(artifacts)
    loaded = runtime.Runtime(signature.verify(artifacts))
    url = f"/v1/models/{signature.name}"

    @app.get(url)
    def status() -> Response:
        state = {"version": VERSION, "state": "AVAILABLE"}
        state_status = {"error_code": "OK", "error_message": ""}
        return _json({"model_version_status": [{**state, "status": state_status}]})

    @app.post(f"{url}:predict")
    def predict() -> Response:
        inputs = read_instances(request.get_data(), signature)
        outputs = loaded.predict(inputs)
        return _json({"predictions": outputs["probabilities"]})

    @app.errorhandler(HTTPException)
    def error(exception: HTTPException) -> Response:
        return _json({"error": exception.description}, exception.code or 500)

    return app


def read_instances(
    body: bytes, signature: contract.Signature
) -> dict[str, NDArray[Any]]:
    """Return the inputs in a request's body; raises BadRequest if they do not fit."""
    ((name, spec),) = signature.inputs.items()
    try:
        instances = orjson.loads(body)["instances"]
        array = np.asarray(instances, spec.dtype)
    except (KeyError, TypeError, ValueError) as exception:
        raise BadRequest('The body is not JSON of the form {"instances": [...]}') from exception
    if array.shape[1:] != spec.shape[1:] or len(array) == 0:
        raise BadRequest(f"Each instance needs the shape {list(spec.shape[1:])}")
    return {name: array}


def _json(value: object, status: int = 200) -> Response:
    body = orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)
    return Response(body, status, mimetype="application/json")
