"""What this model adds to the service: a page with a form made from its signature."""

from flask import Flask, render_template

from .contract import Signature
from .predictor import Predictor
from .schema import Schema


def add_routes(app: Flask, predictor: Predictor) -> None:
    """Add the page."""
    examples = {
        name: tensor.tolist() for name, tensor in predictor.golden.inputs.items()
    }

    @app.get("/")
    def index() -> str:
        return render_template(
            "index.html", signature=predictor.signature, examples=examples
        )


def paths(_signature: Signature) -> Schema:
    """Return what the API's description says of further routes: there are none."""
    return {}
