"""The generated messages and gRPC client against TensorFlow Serving's own API package.

Run by test_tensorflow_serving_api.py, in an environment that has the package, from the
folder of a generated project whose package `PACKAGE` names.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest
import tensorflow as tf
from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    message_factory,
    text_format,
    wrappers_pb2,
)
from google.protobuf.descriptor import FieldDescriptor
from tensorflow.core.framework import tensor_pb2, tensor_shape_pb2
from tensorflow_serving.apis import (
    model_pb2,
    predict_pb2,
    prediction_log_pb2,
    prediction_service_pb2_grpc,
)
from tensorflow_serving.config import (
    file_system_storage_path_source_pb2,
    model_server_config_pb2,
)

sys.path.insert(0, str(Path.cwd()))


def module(name: str) -> Any:
    """Return a module of the generated package."""
    return importlib.import_module(f"{os.environ['PACKAGE']}.{name}")


messages = module("service.messages")
policy = (
    file_system_storage_path_source_pb2.FileSystemStoragePathSourceConfig
).ServableVersionPolicy
OFFICIAL = {
    "Dimension": tensor_shape_pb2.TensorShapeProto.Dim,
    "Shape": tensor_shape_pb2.TensorShapeProto,
    "Tensor": tensor_pb2.TensorProto,
    "NamedTensor": predict_pb2.PredictRequest.InputsEntry,
    "ModelSpec": model_pb2.ModelSpec,
    "PredictRequest": predict_pb2.PredictRequest,
    "PredictResponse": predict_pb2.PredictResponse,
    "PredictLog": prediction_log_pb2.PredictLog,
    "PredictionLog": prediction_log_pb2.PredictionLog,
    "Latest": policy.Latest,
    "All": policy.All,
    "Specific": policy.Specific,
    "VersionPolicy": policy,
    "Label": model_server_config_pb2.ModelConfig.VersionLabelsEntry,
    "ModelConfig": model_server_config_pb2.ModelConfig,
    "ModelConfigList": model_server_config_pb2.ModelConfigList,
    "ModelServerConfig": model_server_config_pb2.ModelServerConfig,
}
# As in BatchingParameters of
# tensorflow_serving/servables/tensorflow/session_bundle_config.proto of 2.20.0.
BATCHING = {
    "max_batch_size": "Int64Value",
    "batch_timeout_micros": "Int64Value",
    "max_enqueued_batches": "Int64Value",
    "num_batch_threads": "Int64Value",
    "thread_pool_name": "StringValue",
    "enable_large_batch_splitting": "BoolValue",
    "max_execution_batch_size": "Int64Value",
}


def test_every_message_is_compared() -> None:
    assert messages.MESSAGES.keys() == OFFICIAL.keys()


@pytest.mark.parametrize("name", OFFICIAL)
def test_fields_are_those_of_the_wire(name: str) -> None:
    own = messages.CLASSES[name].DESCRIPTOR
    official = OFFICIAL[name].DESCRIPTOR
    for field in own.fields:
        same = official.fields_by_name[field.name]
        assert field.number == same.number
        assert on_the_wire(field) == on_the_wire(same), field.name


def on_the_wire(field: FieldDescriptor) -> tuple[object, ...]:
    """Return what decides a field's bytes; an enum is an integer there."""
    kind = field.type if field.type != field.TYPE_ENUM else field.TYPE_INT32
    return kind, field.is_repeated


def test_configuration_is_understood() -> None:
    text = Path("serving/models.config").read_text("utf-8")
    config = text_format.Parse(text, model_server_config_pb2.ModelServerConfig())
    (model,) = config.model_config_list.config
    assert model.model_version_policy.HasField("all")
    assert set(model.version_labels) == {"stable", "canary"}


def test_monitoring_configuration_is_understood() -> None:
    """As monitoring_config.proto has it, which the package does not."""
    text = Path("serving/monitoring.config").read_text("utf-8")
    (path,) = re.findall(r'prometheus_config \{\s+enable: true\s+path: "(.*)"', text)
    scraped = Path("serving/prometheus.yml").read_text("utf-8")
    assert f"metrics_path: {path}\n" in scraped


def test_batching_parameters_are_understood() -> None:
    """Each field is a message with one `value`; the limits fit one another."""
    file = descriptor_pb2.FileDescriptorProto(name="batching.proto", syntax="proto3")
    file.dependency.append("google/protobuf/wrappers.proto")
    message = file.message_type.add(name="BatchingParameters")
    for number, (name, kind) in enumerate(BATCHING.items(), 1):
        type_name = f".google.protobuf.{kind}"
        message.field.add(name=name, number=number, type=11, type_name=type_name)
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(wrappers_pb2.DESCRIPTOR.serialized_pb)
    pool.Add(file)
    descriptor = pool.FindMessageTypeByName("BatchingParameters")
    text = Path("serving/batching.config").read_text("utf-8")
    parsed = text_format.Parse(text, message_factory.GetMessageClass(descriptor)())
    assert parsed.enable_large_batch_splitting.value
    assert parsed.max_execution_batch_size.value <= parsed.max_batch_size.value
    assert parsed.num_batch_threads.value > 0


def test_warmup_records_are_understood() -> None:
    (path,) = Path("artifacts").glob(f"saved_model/1/{messages.WARMUP_RECORDS}")
    records = [
        prediction_log_pb2.PredictionLog.FromString(record).predict_log.request
        for record in tf.data.TFRecordDataset(str(path)).as_numpy_iterator()
    ]
    shapes = {
        (record.model_spec.signature_name, name, tf.make_ndarray(value).shape)
        for record in records
        for name, value in record.inputs.items()
    }
    assert shapes == {
        ("serving_default", "image", (1, 8, 8)),
        ("serving_default", "image", (16, 8, 8)),
        ("raw", "image", (1,)),
        ("raw", "image", (16,)),
    }


class Service(prediction_service_pb2_grpc.PredictionServiceServicer):
    """Sends back what it gets, as TensorFlow Serving packs its answers."""

    def Predict(self, request: Any, context: Any) -> Any:  # noqa: N802 - the API's name
        """Answer one request."""
        if request.model_spec.name != "echo":
            context.abort(grpc.StatusCode.NOT_FOUND, "Servable not found")
        response = predict_pb2.PredictResponse()
        for name, tensor in request.inputs.items():
            array = tf.make_ndarray(tensor)
            response.outputs[name].CopyFrom(as_fields(array))
            response.outputs[f"{name}_content"].CopyFrom(tf.make_tensor_proto(array))
        return response


def as_fields(array: np.ndarray) -> Any:
    """Return a tensor with a field of values, where make_tensor_proto has bytes."""
    tensor = tf.make_tensor_proto(array)
    if tensor.tensor_content:
        _, field = module("service.tensors").TYPES[array.dtype.name]
        values = array.view(np.uint16) if field == "half_val" else array
        getattr(tensor, field).extend(values.ravel().tolist())
        tensor.tensor_content = b""
    return tensor


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    server = grpc.server(futures.ThreadPoolExecutor(1))
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
        Service(), server
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield module("client.grpc_client").GrpcClient(f"127.0.0.1:{port}", "echo")
    server.stop(None).wait()


@pytest.mark.parametrize(
    "value",
    [
        np.linspace(-1, 1, 6, dtype=np.float32).reshape(2, 3),
        np.array([[1.5, np.nan]]),
        np.array([-(2**31), 2**31 - 1], np.int32),
        np.array([-(2**63), 2**63 - 1], np.int64),
        np.array([0, 2**64 - 1], np.uint64),
        np.array([0, 2**32 - 1], np.uint32),
        np.array([1.5, -2, np.nan], np.float16),
        np.array([1.5, -2, np.inf], tf.bfloat16.as_numpy_dtype),
        np.array([0, 2**16 - 1], np.uint16),
        np.array([0, 255], np.uint8),
        np.array([-128, 127], np.int8),
        np.array([True, False]),
        np.array([b"\x00\xff", b"", b"abc"], object),
        np.zeros((0, 3), np.float32),
        np.array(7, np.int64),
    ],
    ids=lambda value: f"{value.dtype}{value.shape}",
)
def test_arrays_travel_both_ways(client: Any, value: np.ndarray) -> None:
    outputs = client.predict({"x": value})
    for output in outputs.values():
        assert output.dtype == value.dtype
        np.testing.assert_array_equal(output, value)


def test_errors_name_their_cause(client: Any) -> None:
    unreachable = module("client.grpc_client").GrpcClient(
        "127.0.0.1:1", "echo", timeout=0.5
    )
    error = module("client.rest").ServiceError
    with pytest.raises(error, match=r"UNAVAILABLE|DEADLINE_EXCEEDED"):
        unreachable.predict({"x": [1.0]})
    client.model = "ghost"
    with pytest.raises(error, match="NOT_FOUND: Servable not found"):
        client.predict({"x": [1.0]})
    client.model = "echo"
