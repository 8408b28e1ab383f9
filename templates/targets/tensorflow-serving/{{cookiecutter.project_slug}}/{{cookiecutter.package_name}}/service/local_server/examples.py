"""The older methods `classify` and `regress`, whose inputs are `tf.train.Example`s."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from .models import Version
from .protocol import (
    Base64,
    Object,
    RequestError,
    c_string,
    misfit,
    text,
    to_bytes,
    to_json,
    type_name,
)


def classify(version: Version, signature: str, examples: list[bytes]) -> bytes:
    """Return the response: for each example its labels with their scores."""
    found = _run(version, signature, examples, "classification", ("classes", "scores"))
    shape = next(iter(found.values())).shape
    if len(shape) != 2 or shape[0] != len(examples):
        raise RequestError(
            f"Expected Tensor shape: [batch_size num_classes] but got {list(shape)}"
        )
    labels = found.get("classes", np.full(shape, b"", object)).tolist()
    scores = found.get("scores", np.zeros(shape)).tolist()
    results = [
        [[text(label), score] for label, score in zip(*pair, strict=True)]
        for pair in zip(labels, scores, strict=True)
    ]
    return to_json({"results": results})


def regress(version: Version, signature: str, examples: list[bytes]) -> bytes:
    """Return the response: one number for each example."""
    numbers = _run(version, signature, examples, "regression", ("outputs",))["outputs"]
    if numbers.shape not in ((len(examples),), (len(examples), 1)):
        raise RequestError(
            "Expected output Tensor shape to be either [batch_size] or [batch_size, 1] "
            f"but got {list(numbers.shape)}"
        )
    return to_json({"results": numbers.ravel().tolist()})


def _run(
    version: Version,
    name: str,
    examples: list[bytes],
    noun: str,
    names: tuple[str, ...],
) -> dict[str, Any]:
    """Return the outputs of a signature, once it is one of this kind."""
    if name not in version.signatures:
        raise RequestError(f"No signature was found with the name: {name}")
    signature = version.signatures[name]
    if len(signature.inputs) != 1:
        raise RequestError("Expected one input Tensor.")
    if not 1 <= (count := len(signature.outputs)) <= len(names):
        wanted = " or ".join(["one", "two"][: len(names)])
        found = f"s, found {count}" if len(names) > 1 else "."
        raise RequestError(f"Expected {wanted} output Tensor{found}")
    if "inputs" not in signature.inputs:
        raise RequestError(f"No {noun} inputs found in SignatureDef: {signature}")
    if not set(names) & set(signature.outputs):
        raise RequestError(f"No {noun} outputs found in SignatureDef: {signature}")
    return version.predict(name, {"inputs": np.array(examples, object)})


def read_examples(document: Mapping[str, Any]) -> list[bytes]:
    """Return the examples of a request, serialised, each with the common features."""
    context = _features(document.get("context", Object([])))
    if "examples" not in document:
        reason = "key 'examples' is expected and was not found"
        raise misfit(document, f"When method is classify, {reason}")
    examples = document["examples"]
    if not isinstance(examples, list):
        raise misfit(document, "Expecting 'examples' value to be an list/array")
    if not examples:
        raise misfit(document, "'examples' value is an empty array")
    return [_serialise({**context, **_features(example)}) for example in examples]


def _serialise(features: dict[str, Any]) -> bytes:
    example = tf.train.Example(features=tf.train.Features(feature=features))
    return bytes(example.SerializeToString())


def _features(example: Any) -> dict[str, Any]:
    if not isinstance(example, Object | Base64):
        kind = type_name(example)
        raise RequestError(f"Example must be JSON object but got JSON {kind}")
    named = ((c_string(key), value) for key, value in example.pairs)
    return {name: _feature(name, value) for name, value in named}


def _feature(name: str, value: Any) -> Any:
    values = value if isinstance(value, list) else [value]
    kind = "UNKNOWN"
    feature = tf.train.Feature()
    for item in values:
        found = _kind(name, item)
        if kind not in ("UNKNOWN", found):
            raise RequestError(
                f"Unexpected element type in feature: {name} expecting type: {kind}"
            )
        kind = found
        getattr(feature, f"{kind}_list").value.append(_element(name, item))
    return feature


def _kind(name: str, value: Any) -> str:
    """Return the kind of list that holds a JSON value."""
    if isinstance(value, str):
        return "bytes"
    if isinstance(value, float):
        return "float"
    if isinstance(value, int):
        return "int64"
    message = f"has element with unexpected JSON type: {type_name(value)}"
    raise RequestError(f"Feature: {name} {message}")


def _element(name: str, value: Any) -> Any:
    """Return a JSON value as its list holds it."""
    if isinstance(value, str):
        return to_bytes(value)
    if isinstance(value, float):
        return value
    if value >= 2**63:
        message = "has uint64_t element. Only int64_t is supported."
        raise RequestError(f"Feature: {name} {message}")
    return int(value)  # true is 1
