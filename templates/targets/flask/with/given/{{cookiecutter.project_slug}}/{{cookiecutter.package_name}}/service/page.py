"""What this model adds to the service: a page with a form, and a request to copy."""

from flask import Blueprint, Response, render_template

from ..contract import FREE, NONE, Golden, Signature
from . import form, payloads
from .predictor import Predictor
from .schema import Schema, responses


def add_routes(pages: Blueprint, predictor: Predictor) -> None:
    """Add the page, and the example that it begins with."""
    signature = predictor.signature
    fields = form.fields(signature)
    count = examples(signature)
    request = payloads.dumps(example(signature, predictor.golden))

    @pages.get("/")
    def index() -> str:
        return render_template(
            "index.html", signature=signature, fields=fields, count=count
        )

    @pages.get("/example")
    def example_file() -> Response:
        return Response(request, mimetype="application/json")


def examples(signature: Signature) -> int:
    """Return how many examples the least request has; 0 if the model has no batch."""
    if signature.batch == NONE:
        return 0
    size = next(iter(signature.inputs.values())).shape[0]
    return 1 if signature.batch == FREE or size is None else size


def example(signature: Signature, golden: Golden) -> Schema:
    """Return the least request with golden examples: in rows, where there are any."""
    count = examples(signature)
    if not count:
        return {"inputs": dict(golden.inputs)}
    rows = [
        {name: tensor[row] for name, tensor in golden.inputs.items()}
        for row in range(count)
    ]
    return {"instances": rows}


def paths(_signature: Signature) -> Schema:
    """Return the OpenAPI description of these routes."""
    schema: Schema = {"type": "object"}
    summary = "A request to begin with, as the model takes it"
    return {"/example": {"get": {"summary": summary, "responses": responses(schema)}}}
