"""The few protocol buffers of TensorFlow Serving's API that this project needs.

The package that holds them all, `tensorflow-serving-api`, installs TensorFlow a second
time. What counts on the wire is each field's number and type, so that is all there is.
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

# message: {field: (number, type)}; `[]` is a repeated field, `{}` a map from strings.
MESSAGES = {
    "Dimension": {"size": (1, "int64"), "name": (2, "string")},
    "Shape": {"dim": (2, "Dimension[]"), "unknown_rank": (3, "bool")},
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
    "Version": {"value": (1, "int64")},
    "ModelSpec": {
        "name": (1, "string"),
        "version": (2, "Version"),
        "signature_name": (3, "string"),
        "version_label": (4, "string"),
    },
    "PredictRequest": {"model_spec": (1, "ModelSpec"), "inputs": (2, "Tensor{}")},
    "PredictResponse": {"outputs": (1, "Tensor{}"), "model_spec": (2, "ModelSpec")},
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
    "ModelConfig": {
        "name": (1, "string"),
        "base_path": (2, "string"),
        "model_platform": (4, "string"),
        "model_version_policy": (7, "VersionPolicy"),
        "version_labels": (8, "int64{}"),
    },
    "ModelConfigList": {"config": (1, "ModelConfig[]")},
    "ModelServerConfig": {"model_config_list": (1, "ModelConfigList")},
    "PrometheusConfig": {"enable": (1, "bool"), "path": (2, "string")},
    "MonitoringConfig": {"prometheus_config": (1, "PrometheusConfig")},
}

_Field = descriptor_pb2.FieldDescriptorProto


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
    return {name: _message_class(pool, name) for name in MESSAGES}


def _message_class(pool: descriptor_pool.DescriptorPool, name: str) -> Any:
    descriptor = pool.FindMessageTypeByName(f"{PACKAGE}.{name}")
    return message_factory.GetMessageClass(descriptor)


def _add_field(
    message: descriptor_pb2.DescriptorProto, name: str, number: int, kind: str
) -> None:
    repeated = kind.endswith(("[]", "{}"))
    label = _Field.LABEL_REPEATED if repeated else _Field.LABEL_OPTIONAL
    field = message.field.add(name=name, number=number, label=label)
    if kind.endswith("{}"):
        kind = _add_map_entry(message, name, kind.removesuffix("{}"))
    kind = kind.removesuffix("[]")
    if kind[0].isupper():
        field.type, field.type_name = _Field.TYPE_MESSAGE, f".{PACKAGE}.{kind}"
    else:
        field.type = _Field.Type.Value(f"TYPE_{kind.upper()}")


def _add_map_entry(
    message: descriptor_pb2.DescriptorProto, field: str, kind: str
) -> str:
    """Add the message that a map's entries are on the wire, and return its name."""
    name = "".join(word.title() for word in field.split("_")) + "Entry"
    entry = message.nested_type.add(name=name)
    entry.options.map_entry = True
    _add_field(entry, "key", 1, "string")
    _add_field(entry, "value", 2, kind)
    return f"{message.name}.{name}"


_classes = _build()


def new(name: str) -> Any:
    """Return an empty message of a name that `MESSAGES` has."""
    return _classes[name]()


ModelServerConfig = _classes["ModelServerConfig"]
MonitoringConfig = _classes["MonitoringConfig"]
PredictionLog = _classes["PredictionLog"]
PredictRequest = _classes["PredictRequest"]
PredictResponse = _classes["PredictResponse"]
Tensor = _classes["Tensor"]


class ConfigError(Exception):
    """A configuration file that cannot be used; the message says which and why."""


def read_config(path: Path, message: Any) -> Any:
    """Return the message of this class that a file holds as text."""
    try:
        return text_format.Parse(path.read_text("utf-8"), message())
    except (OSError, ValueError, text_format.ParseError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
