"""Pieces of JSON Schema, and of OpenAPI, for tensors and answers."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..contract import TensorSpec
from .payloads import limits

Schema = dict[str, Any]
OfTensor = Callable[[TensorSpec], Schema]

REASONS = {
    "400": "The request does not fit the model.",
    "405": "The path does not have this method.",
    "408": "The body came too slowly.",
    "413": "The body is too large.",
    "415": "The path does not take a body of this type.",
    "503": "The service is busy or shutting down; retry after Retry-After.",
}


def record(required: Schema, optional: Schema | None = None) -> Schema:
    """Return the schema of an object with these properties."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
    }


ERROR = {**record({"error": {"type": "string"}}), "additionalProperties": False}


def responses(schema: Schema) -> Schema:
    """Return the responses of a path: this one, and errors."""
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    answer = {"application/json": {"schema": schema}}
    errors = {
        status: {"description": reason, "content": error}
        for status, reason in REASONS.items()
    }
    return {"200": {"description": "The answer.", "content": answer}, **errors}


def one_or_named(specs: Mapping[str, TensorSpec], schema: OfTensor) -> Schema:
    """Return the schema of inputs: by name, or bare where there is only one."""
    named = record({name: schema(spec) for name, spec in specs.items()})
    bare = map(schema, specs.values())
    return {"oneOf": [*bare, named]} if len(specs) == 1 else named


def bare_or_named(specs: Mapping[str, TensorSpec], schema: OfTensor) -> Schema:
    """Return the schema of outputs: bare where there is only one, else by name."""
    named = {name: schema(spec) for name, spec in specs.items()}
    return record(named) if len(named) > 1 else dict(*named.values())


def row(spec: TensorSpec) -> Schema:
    """Return the schema of one example of a tensor."""
    return array(TensorSpec(spec.dtype, spec.shape[1:]))


def array(spec: TensorSpec) -> Schema:
    """Return the schema of a tensor."""
    schema = _scalar(spec.dtype)
    for size in reversed(spec.shape):
        schema = {"type": "array", "items": schema, **lengths(size)}
    return schema


def lengths(size: int | None) -> Schema:
    """Return the bounds of an array's length; None stands for any but 0."""
    return {"minItems": 1} if size is None else {"minItems": size, "maxItems": size}


def _scalar(dtype: str) -> Schema:
    kind = np.dtype(dtype).kind
    if kind == "b":
        return {"type": "boolean"}
    least, largest = limits(np.dtype(dtype))
    number = "number" if kind == "f" else "integer"
    return {"type": number, "minimum": least, "maximum": largest}
