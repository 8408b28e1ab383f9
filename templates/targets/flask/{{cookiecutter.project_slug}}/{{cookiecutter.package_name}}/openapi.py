"""The API described in OpenAPI 3.1, from the signature of the model."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .contract import Signature, TensorSpec
from .protocol import SIGNATURE_NAME, VERSION, limits

Schema = dict[str, Any]

NOTES = """The predict format is TensorFlow Serving's. Where the original is lax, this
service is strict: shapes must be those of the signature, numbers must be finite and
fit the data type, lists must not be empty, and a body must be declared as JSON."""

REASONS = {
    "400": "The request does not fit the model.",
    "405": "The method is not one of this path's.",
    "408": "The body came too slowly.",
    "413": "The body is too large.",
    "415": "The body is not declared as JSON, plain or in gzip format.",
    "503": "The service is busy or shutting down; try again after Retry-After.",
}


def describe(signature: Signature, body_limit: int) -> Schema:
    """Return the OpenAPI document."""
    model = f"/v1/models/{signature.name}"
    return {
        "openapi": "3.1.0",
        "info": {
            "title": signature.name,
            "version": VERSION,
            "description": f"{NOTES} A body may have {body_limit} bytes.",
        },
        "paths": {
            f"{model}:predict": {"post": _predict(signature)},
            model: {"get": _get("Status of the model", STATUS)},
            f"{model}/metadata": {
                "get": _get("Names, types and shapes", {"type": "object"})
            },
            "/predict/image": {"post": _predict_image(signature)},
            "/healthz": {"get": _get("The process lives", STATE)},
            "/readyz": {
                "get": _get("The model is loaded, and traffic may come", STATE)
            },
        },
        "components": {"schemas": {"Error": ERROR}},
    }


ERROR: Schema = {
    "type": "object",
    "properties": {"error": {"type": "string"}},
    "required": ["error"],
    "additionalProperties": False,
}
STATE: Schema = {
    "type": "object",
    "properties": {"status": {"type": "string"}},
    "required": ["status"],
}
STATUS: Schema = {
    "type": "object",
    "properties": {"model_version_status": {"type": "array", "minItems": 1}},
    "required": ["model_version_status"],
}


def _predict(signature: Signature) -> Schema:
    name = {"type": "string", "const": SIGNATURE_NAME}
    rows = _one_or_named(signature.inputs, lambda spec: _array(spec, skip=1))
    rows["unevaluatedProperties"] = False
    columns = _one_or_named(signature.inputs, _array)
    answers = _bare_or_named(signature.outputs, lambda spec: _array(spec, skip=1))
    body = {
        "oneOf": [
            _object(
                {"instances": {"type": "array", "items": rows, "minItems": 1}},
                optional={"signature_name": name, "inputs": False},
            ),
            _object(
                {"inputs": columns},
                optional={"signature_name": name, "instances": False},
            ),
        ]
    }
    answer = {
        "oneOf": [
            _object({"predictions": {"type": "array", "items": answers}}),
            _object({"outputs": _bare_or_named(signature.outputs, _array)}),
        ]
    }
    return {
        "summary": "Predict, for examples in rows or in columns",
        "operationId": "predict",
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": body}},
        },
        "responses": _responses(answer),
    }


def _predict_image(signature: Signature) -> Schema:
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    probability = {"type": "number", "minimum": 0, "maximum": 1.001}
    probabilities = _object(dict.fromkeys(signature.labels, probability))
    label = {"type": "string", "enum": signature.labels}
    form = {"multipart/form-data": {"schema": _object({"image": file})}}
    return {
        "summary": "Predict, for an image file with light ink on a dark ground",
        "operationId": "predict_image",
        "requestBody": {"required": True, "content": form},
        "responses": _responses(
            _object({"label": label, "probabilities": probabilities})
        ),
    }


def _get(summary: str, schema: Schema) -> Schema:
    return {"summary": summary, "responses": _responses(schema)}


def _responses(schema: Schema) -> Schema:
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    answer = {"application/json": {"schema": schema}}
    refusals = {
        status: {"description": reason, "content": error}
        for status, reason in REASONS.items()
    }
    return {"200": {"description": "The answer.", "content": answer}, **refusals}


def _one_or_named(specs: Mapping[str, TensorSpec], schema: Any) -> Schema:
    """Return the schema of inputs: by name, or bare where there is only one."""
    named = _object({name: schema(spec) for name, spec in specs.items()})
    if len(specs) > 1:
        return named
    (spec,) = specs.values()
    return {"oneOf": [schema(spec), named]}


def _bare_or_named(specs: Mapping[str, TensorSpec], schema: Any) -> Schema:
    """Return the schema of outputs: bare where there is only one, else by name."""
    if len(specs) == 1:
        (spec,) = specs.values()
        return dict(schema(spec))
    return _object({name: schema(spec) for name, spec in specs.items()})


def _array(spec: TensorSpec, skip: int = 0) -> Schema:
    """Return the schema of a tensor, or of one example of it."""
    schema = _scalar(spec.dtype)
    for size in reversed(spec.shape[skip:]):
        lengths = {"minItems": 1} if size is None else _exactly(size)
        schema = {"type": "array", "items": schema, **lengths}
    return schema


def _exactly(size: int) -> Schema:
    return {"minItems": size, "maxItems": size}


def _scalar(dtype: str) -> Schema:
    kind = np.dtype(dtype).kind
    if kind == "b":
        return {"type": "boolean"}
    least, largest = limits(np.dtype(dtype))
    number = "number" if kind == "f" else "integer"
    return {"type": number, "minimum": least, "maximum": largest}


def _object(required: Schema, optional: Schema | None = None) -> Schema:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
    }
