"""What training left behind."""

import json

from {{ cookiecutter.package_name }}.settings import REPORTS

MINIMUM_ACCURACY = 0.95


def test_held_out_accuracy() -> None:
    """The model is worth serving."""
    metrics = json.loads((REPORTS / "metrics.json").read_text("utf-8"))
    assert metrics["test_examples"] > 0
    assert metrics["test_accuracy"] >= MINIMUM_ACCURACY


def test_pictures_are_there() -> None:
    """Each report is a PNG file."""
    for name in ("learning-curve.png", "confusion-matrix.png", "digit.png"):
        assert (REPORTS / name).read_bytes().startswith(b"\x89PNG")
