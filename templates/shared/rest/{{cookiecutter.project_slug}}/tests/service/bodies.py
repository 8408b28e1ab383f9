"""Bodies of predict requests."""

import json
from collections.abc import Callable
from typing import Any

from {{ cookiecutter.package_name }}.contract import Golden, to_lists


def columns(
    golden: Golden, change: Callable[[Any], Any] = lambda value: value, **more: Any
) -> str:
    """Return a request in columns, with each input changed."""
    inputs = {name: change(column) for name, column in to_lists(golden.inputs).items()}
    return json.dumps({"inputs": inputs, **more})


def rows(golden: Golden) -> str:
    """Return a request in rows, for a model with a batch dimension."""
    columns = to_lists(golden.inputs)
    parts = zip(*columns.values(), strict=True)
    named = [dict(zip(columns, row, strict=True)) for row in parts]
    return json.dumps({"instances": named})


MALFORMED = {
    "nothing": "",
    "not JSON": "words",
    "a list": "[]",
    "truncated": '{"instances": [[[0.0',
    "no instances": "{}",
    "no examples": '{"instances": []}',
    "not a list": '{"instances": 7}',
    "wrong name": json.dumps({"instances": [{"no-such-input": 1}]}),
    "both formats": json.dumps({"instances": [1], "inputs": [1]}),
    "unknown signature": json.dumps({"signature_name": "no", "instances": [1]}),
}
