"""The older methods `classify` and `regress`, whose inputs are `tf.train.Example`s."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from .models import Version
from .protocol import Base64, RequestError, quote, to_bytes, to_json, type_name

Feature = tf.train.Feature
CLASSES = {"classes", "scores"}


def classify(version: Version, signature: str, examples: list[bytes]) -> bytes:
    """Return the response: for each example its labels with their scores."""
    outputs = _run(version, signature, examples, "classification")
    if not outputs.keys() & CLASSES:
        raise RequestError(
            "Expected classification signature outputs to contain at least one of "
            f'"classes" or "scores". Signature was: {version.signatures[signature]}'
        )
    shape = np.shape(next(outputs[key] for key in CLASSES if key in outputs))
    if len(shape) != 2:
        raise RequestError(
            f"Expected Tensor shape: [batch_size num_classes] but got {shape}"
        )
    labels = outputs.get("classes", np.full(shape, b"", "O")).tolist()
    scores = outputs.get("scores", np.zeros(shape)).tolist()
    results = [
        [[_text(label), score] for label, score in zip(*pair, strict=True)]
        for pair in zip(labels, scores, strict=True)
    ]
    return to_json({"results": results})


def _text(label: bytes) -> str:
    return label.decode("utf-8", "surrogateescape")


def regress(version: Version, signature: str, examples: list[bytes]) -> bytes:
    """Return the response: one number for each example."""
    outputs = _run(version, signature, examples, "regression")
    if "outputs" not in outputs:
        found = version.signatures[signature]
        raise RequestError(f"No regression outputs found in SignatureDef: {found}")
    numbers = np.asarray(outputs["outputs"])
    if numbers.shape not in ((len(examples),), (len(examples), 1)):
        raise RequestError(
            "Expected output Tensor shape to be either [batch_size] or [batch_size, 1] "
            f"but got {numbers.shape}"
        )
    return to_json({"results": numbers.ravel().tolist()})


def _run(
    version: Version, signature: str, examples: list[bytes], method: str
) -> dict[str, Any]:
    if signature not in version.signatures:
        raise RequestError(f"No signature was found with the name: {signature}")
    if "inputs" not in version.input_types(signature):
        found = version.signatures[signature]
        raise RequestError(f"No {method} inputs found in SignatureDef: {found}")
    return version.predict(signature, {"inputs": np.array(examples, object)})


def read_examples(document: Mapping[str, Any]) -> list[bytes]:
    """Return the examples of a request, serialised, each with the common features."""
    context = _features(document.get("context", {}))
    if "examples" not in document:
        raise RequestError(
            f"JSON Value: {quote(document)} When method is classify, key 'examples' is "
            "expected and was not found"
        )
    examples = document["examples"]
    if not isinstance(examples, list):
        raise RequestError(
            f"JSON Value: {quote(document)} Expecting 'examples' value to be an "
            "list/array"
        )
    if not examples:
        raise RequestError(
            f"JSON Value: {quote(document)} 'examples' value is an empty array"
        )
    return [_serialise({**context, **_features(example)}) for example in examples]


def _serialise(features: dict[str, Any]) -> bytes:
    example = tf.train.Example(features=tf.train.Features(feature=features))
    return bytes(example.SerializeToString())


def _features(example: Any) -> dict[str, Any]:
    if not isinstance(example, dict):
        kind = type_name(example)
        raise RequestError(f"Example must be JSON object but got JSON {kind}")
    return {name: _feature(name, value) for name, value in example.items()}


def _feature(name: str, value: Any) -> Any:
    values = value if isinstance(value, list) else [value]
    kinds = [_kind(name, item) for item in values]
    if len(set(kinds)) > 1:
        raise RequestError(
            f"Unexpected element type in feature: {name} expecting type: {kinds[0]}"
        )
    match kinds[:1]:
        case ["bytes"]:
            texts = [to_bytes(item) for item in values]
            return Feature(bytes_list=tf.train.BytesList(value=texts))
        case ["float"]:
            return Feature(
                float_list=tf.train.FloatList(value=np.array(values, np.float32))
            )
        case ["int64"]:
            return Feature(int64_list=tf.train.Int64List(value=map(int, values)))
    return Feature()


def _kind(name: str, value: Any) -> str:
    """Return the kind of list that holds a JSON value."""
    if type(value) in (str, Base64):
        return "bytes"
    if type(value) is float or (type(value) is int and not _fits_64_bits(value)):
        return "float"
    if type(value) not in (int, bool):
        raise RequestError(
            f"Feature: {name} has element with unexpected JSON type: {type_name(value)}"
        )
    if value >= 2**63:
        raise RequestError(
            f"Feature: {name} has uint64_t element. Only int64_t is supported."
        )
    return "int64"


def _fits_64_bits(value: int) -> bool:
    return -(2**63) <= value < 2**64
