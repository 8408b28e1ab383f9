"""The API described in OpenAPI 3.1, from the signature of the model."""

from ..contract import NONE, Signature
from . import page
from .payloads import SIGNATURE_NAME
from .protocol import VERSION
from .schema import (
    ERROR,
    Schema,
    array,
    bare_or_named,
    lengths,
    one_or_named,
    record,
    responses,
    row,
)

NOTES = """The predict format is TensorFlow Serving's. Where the original is lax, this
service is strict: shapes must be those of the signature, numbers must be finite and
fit the data type, lists must not be empty, and a body that is declared as another
type than JSON is refused. The model's paths exist with its version, too."""


def describe(signature: Signature, body_limit: int) -> Schema:
    """Return the OpenAPI document."""
    model = f"/v1/models/{signature.name}"
    return {
        "openapi": "3.1.0",
        "info": {
            "title": signature.name,
            "version": VERSION,
            "description": f"{NOTES} A body may have {body_limit:,} bytes.",
        },
        "paths": {
            f"{model}:predict": {"post": _predict(signature)},
            model: {"get": _get("Status of the model", STATUS)},
            f"{model}/metadata": {"get": _get("Names, types and shapes", record({}))},
            **page.paths(signature),
            "/healthz": {"get": _get("The process runs", STATE)},
            "/readyz": {"get": _get("The model is loaded and takes requests", STATE)},
        },
        "components": {"schemas": {"Error": ERROR}},
    }


STATE = record({"status": {"type": "string"}})
STATUS = record({"model_version_status": {"type": "array", "minItems": 1}})


def _predict(signature: Signature) -> Schema:
    requests = [_request("inputs", one_or_named(signature.inputs, array), "instances")]
    answers = [record({"outputs": bare_or_named(signature.outputs, array)})]
    if signature.batch != NONE:
        requests.append(_request("instances", _rows(signature), "inputs"))
        predictions = bare_or_named(signature.outputs, row)
        answers.append(record({"predictions": {"type": "array", "items": predictions}}))
    content = {"application/json": {"schema": {"oneOf": requests}}}
    return {
        "summary": "Predict, for examples in rows or in columns",
        "operationId": "predict",
        "requestBody": {"required": True, "content": content},
        "responses": responses({"oneOf": answers}),
    }


def _request(key: str, examples: Schema, other: str) -> Schema:
    """Return the schema of a body with examples under one key, and not another."""
    name = {"type": "string", "const": SIGNATURE_NAME}
    return record({key: examples}, optional={"signature_name": name, other: False})


def _rows(signature: Signature) -> Schema:
    """Return the schema of rows: all with the inputs' names, or all without."""
    inputs = {name: row(spec) for name, spec in signature.inputs.items()}
    named = {**record(inputs), "additionalProperties": False}
    kinds = [named, *(inputs.values() if len(inputs) == 1 else [])]
    count = lengths(next(iter(signature.inputs.values())).shape[0])
    return {"oneOf": [{"type": "array", "items": kind, **count} for kind in kinds]}


def _get(summary: str, schema: Schema) -> Schema:
    return {"summary": summary, "responses": responses(schema)}
