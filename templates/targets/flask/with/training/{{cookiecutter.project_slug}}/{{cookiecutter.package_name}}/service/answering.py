"""Answers for people: raw values in, labels or numbers out."""

from typing import Any

from ..contract.answers import answers
from ..contract.raw import Columns, RawError
from ..prepare import prepare
from .payloads import RequestError
from .predictor import Predictor


def answer(predictor: Predictor, raw: Columns) -> dict[str, Any]:
    """Return the answer for one example; raise RequestError if it is none."""
    task = predictor.signature.task
    try:
        inputs = prepare(raw, task.preprocessing)
    except RawError as error:
        raise RequestError(str(error)) from error
    return answers(predictor.predict(inputs), task)[0]
