"""The few protocol buffers of TensorFlow Serving's API that this project needs.

The package that has them all, `tensorflow-serving-api`, installs TensorFlow a second
time. Only each field's number and type count on the wire, where a map is a repeated
field of keys and values.
"""

from pathlib import Path
from typing import Any

from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    message_factory,
    text_format,
)

PACKAGE = "serving"
WARMUP_RECORDS = "assets.extra/tf_serving_warmup_requests"  # within a SavedModel

# message: {field: (number, type)}; `[]` is a repeated field.
MESSAGES = {
    "Dimension": {"size": (1, "int64")},
    "Shape": {"dim": (2, "Dimension[]")},
    "Tensor": {
        "dtype": (1, "int32"),
        "tensor_shape": (2, "Shape"),
        "tensor_content": (4, "bytes"),
        "float_val": (5, "float[]"),
        "double_val": (6, "double[]"),
        "int_val": (7, "int32[]"),
        "string_val": (8, "bytes[]"),
        "int64_val": (10, "int64[]"),
        "bool_val": (11, "bool[]"),
        "half_val": (13, "int32[]"),
        "uint32_val": (16, "uint32[]"),
        "uint64_val": (17, "uint64[]"),
    },
    "NamedTensor": {"key": (1, "string"), "value": (2, "Tensor")},
    "ModelSpec": {
        "name": (1, "string"),
        "signature_name": (3, "string"),
        "version_label": (4, "string"),
    },
    "PredictRequest": {"model_spec": (1, "ModelSpec"), "inputs": (2, "NamedTensor[]")},
    "PredictResponse": {"outputs": (1, "NamedTensor[]")},
    "PredictLog": {"request": (1, "PredictRequest")},
    "PredictionLog": {"predict_log": (6, "PredictLog")},
    "Latest": {"num_versions": (1, "uint32")},
    "All": {},
    "Specific": {"versions": (1, "int64[]")},
    "VersionPolicy": {
        "latest": (100, "Latest"),
        "all": (101, "All"),
        "specific": (102, "Specific"),
    },
    "Label": {"key": (1, "string"), "value": (2, "int64")},
    "ModelConfig": {
        "name": (1, "string"),
        "base_path": (2, "string"),
        "model_platform": (4, "string"),
        "model_version_policy": (7, "VersionPolicy"),
        "version_labels": (8, "Label[]"),
    },
    "ModelConfigList": {"config": (1, "ModelConfig[]")},
    "ModelServerConfig": {"model_config_list": (1, "ModelConfigList")},
}


def _build() -> dict[str, Any]:
    """Return a class for each message, from a pool of their own."""
    file = descriptor_pb2.FileDescriptorProto(
        name=f"{PACKAGE}.proto", package=PACKAGE, syntax="proto3"
    )
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, (number, kind) in fields.items():
            _add_field(message, field, number, kind)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    found = {name: pool.FindMessageTypeByName(f"{PACKAGE}.{name}") for name in MESSAGES}
    return {name: message_factory.GetMessageClass(found[name]) for name in found}


def _add_field(message: Any, name: str, number: int, kind: str) -> None:
    field = message.field.add(name=name, number=number)
    field.label = field.LABEL_REPEATED if "[]" in kind else field.LABEL_OPTIONAL
    kind = kind.removesuffix("[]")
    if kind in MESSAGES:
        field.type, field.type_name = field.TYPE_MESSAGE, f".{PACKAGE}.{kind}"
    else:
        field.type = field.Type.Value(f"TYPE_{kind.upper()}")


CLASSES = _build()
ModelServerConfig = CLASSES["ModelServerConfig"]
PredictionLog = CLASSES["PredictionLog"]
PredictRequest = CLASSES["PredictRequest"]
PredictResponse = CLASSES["PredictResponse"]
Tensor = CLASSES["Tensor"]


class ConfigError(Exception):
    """A configuration file that cannot be used; the message says which and why."""


def read_config(path: Path) -> Any:
    """Return the ModelServerConfig that a file holds as text."""
    try:
        return text_format.Parse(path.read_text("utf-8"), ModelServerConfig())
    except (OSError, ValueError, text_format.ParseError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
