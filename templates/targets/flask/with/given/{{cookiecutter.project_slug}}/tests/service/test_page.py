"""The page with the form, and the request that it begins with."""

import numpy as np
import pytest
import requests
from markupsafe import escape

from {{ cookiecutter.package_name }}.client.rest import Client
from {{ cookiecutter.package_name }}.contract import (
    FIXED,
    FREE,
    NONE,
    Golden,
    Signature,
    TensorSpec,
    check_parity,
)
from {{ cookiecutter.package_name }}.service import form, page

FILES = ["form.js", "outputs.js", "picture.js", "form.css"]


def test_the_form_has_a_field_for_each_input(
    service: str, signature: Signature
) -> None:
    """With its name, data type and shape."""
    text = requests.get(f"{service}/").text
    assert text.count("<fieldset ") == len(signature.inputs)
    for field in form.fields(signature):
        assert f'<fieldset data-name="{escape(field.name)}"' in text
        assert f"{field.dtype}, {field.words}" in text


@pytest.mark.parametrize("file", FILES)
def test_the_form_needs_nothing_from_outside(service: str, file: str) -> None:
    """Its script and its style come from the service."""
    answer = requests.get(f"{service}/static/{file}")
    assert answer.status_code == 200
    assert "http:" not in answer.text
    assert "https:" not in answer.text


def test_the_example_is_answered_as_the_model_did(
    service: str, client: Client, golden: Golden, signature: Signature
) -> None:
    """It can be sent as it is."""
    body = requests.get(f"{service}/example").content
    headers = {"Content-Type": "application/json"}
    answer = requests.post(f"{client.model_url}:predict", body, headers=headers)
    assert answer.status_code == 200, answer.text
    rows = answer.json().get("predictions") or [answer.json()["outputs"]]
    named = [
        row if len(signature.outputs) > 1 else dict.fromkeys(signature.outputs, row)
        for row in rows
    ]
    count = page.examples(signature)
    for name, expected in golden.outputs.items():
        got = np.asarray([row[name] for row in named])
        want = expected[:count] if count else expected[None]
        check_parity({name: want}, {name: got}, signature.tolerance)


def field(dtype: str, *shape: int | None) -> form.Field:
    """Return the field for an input of this kind."""
    return form.Field("x", dtype, shape)


@pytest.mark.parametrize(
    ("made", "words", "boxes"),
    [
        (field("float32"), "one value", 1),
        (field("bool", 1), "1 value", 1),
        (field("int64", 16), "16 values", 16),
        (field("int64", 17), "17 values", 0),
        (field("int64", None), "any number of values", 0),
        (field("float32", None, 6), "any number by 6 values", 0),
    ],
)
def test_short_vectors_get_boxes(made: form.Field, words: str, boxes: int) -> None:
    """And everything longer or deeper is a text in JSON."""
    assert (made.words, made.boxes) == (words, boxes)


@pytest.mark.parametrize(
    ("made", "layout"),
    [
        (field("float32", 28, 28), "HW"),
        (field("uint8", 96, 64, 3), "HWC"),
        (field("float32", 1, 8, 8), "CHW"),
        (field("float32", 7, 28), None),
        (field("float32", 28, 28, 4), None),
        (field("float32", None, None, 3), None),
        (field("bool", 28, 28), None),
        (field("float32", 784), None),
    ],
)
def test_images_can_fill_what_is_made_for_them(
    made: form.Field, layout: str | None
) -> None:
    """One or three channels, before or behind the pixels, or none."""
    assert (made.picture.layout if made.picture else None) == layout


@pytest.mark.parametrize(
    ("batch", "size", "count"), [(FREE, None, 1), (FIXED, 4, 4), (NONE, 4, 0)]
)
def test_a_fixed_batch_is_filled(
    signature: Signature, batch: str, size: int | None, count: int
) -> None:
    """The least request has as many examples as the model needs."""
    fields = {**vars(signature), "batch": batch}
    fields["inputs"] = {"x": TensorSpec("float32", (size, 2))}
    assert page.examples(Signature(**fields)) == count
