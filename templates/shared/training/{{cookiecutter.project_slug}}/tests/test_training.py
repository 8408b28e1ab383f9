"""What training left behind."""

import json

from {{ cookiecutter.package_name }}.settings import REPORTS


def test_held_out_examples_are_answered_better_than_by_the_baseline() -> None:
    """The model is worth serving."""
    metrics = json.loads((REPORTS / "metrics.json").read_text("utf-8"))
    assert metrics["score"] > metrics["baseline"]
