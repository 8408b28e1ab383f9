"""Warm-up records: requests that TensorFlow Serving answers before it is available.

Without them the first clients wait while TensorFlow prepares its kernels.
"""

from pathlib import Path
from typing import Any

import tensorflow as tf

from ..contract import ContractError, Golden
from ..contract.columns import served
from ..contract.raw import from_json
from ..contract.trained import Trained
from ..settings import MODEL_NAME, MODELS
from .local_server.saved_model import SavedModel
from .messages import WARMUP_RECORDS, PredictionLog
from .payloads import RequestError
from .tensors import to_request

TIMEOUT_MS = 60_000


def write_warmup(artifact: Path, golden: Golden) -> None:
    """Write records for both signatures, of one example and of all, into a SavedModel.

    Raises ContractError if the SavedModel cannot answer them.
    """
    path = artifact / WARMUP_RECORDS
    path.parent.mkdir(parents=True, exist_ok=True)
    columns: dict[str, Any] = {
        "serving_default": golden.inputs,
        "raw": served(from_json(golden.raw), Trained.read(MODELS).task.preprocessing),
    }
    play(artifact, columns)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for name, inputs in columns.items():
            for size in (1, None):
                part = {column: values[:size] for column, values in inputs.items()}
                record = PredictionLog()
                request = to_request(MODEL_NAME, name, part)
                record.predict_log.request.CopyFrom(request)
                writer.write(record.SerializeToString())


def play(artifact: Path, columns: dict[str, Any]) -> None:
    """Raise ContractError if a signature does not answer these inputs."""
    loaded = SavedModel(artifact, TIMEOUT_MS)
    for name, inputs in columns.items():
        try:
            loaded.signature(name).predict(inputs)
        except RequestError as error:
            raise ContractError(
                f"The signature {name} does not answer the golden examples, so "
                f"TensorFlow Serving would refuse this version: {error}"
            ) from error
