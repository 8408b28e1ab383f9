"""What training left behind."""

import json

from {{ cookiecutter.package_name }}.settings import REPORTS


def test_held_out_examples_are_answered_better_than_by_the_baseline() -> None:
    """The model is worth serving."""
    metrics = json.loads((REPORTS / "metrics.json").read_text("utf-8"))
    assert metrics["examples"] > 0
    assert metrics["score"] > metrics["baseline"]


def test_pictures_are_there() -> None:
    """Each report that is a picture is a whole PNG file."""
    pictures = [file.read_bytes() for file in REPORTS.glob("*.png")]
    assert len(pictures) >= 2
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)
