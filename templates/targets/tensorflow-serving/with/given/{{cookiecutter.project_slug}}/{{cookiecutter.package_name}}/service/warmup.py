"""Warm-up records: requests that TensorFlow Serving answers before it serves anyone.

Without them the first callers wait while TensorFlow prepares its kernels.
"""

from pathlib import Path

import tensorflow as tf

from ..contract import Golden
from ..settings import MODEL_NAME
from .messages import WARMUP_RECORDS, PredictionLog
from .tensors import to_tensor


def write_warmup(artifact: Path, golden: Golden) -> None:
    """Write one record, with the golden examples, into a SavedModel."""
    record = PredictionLog()
    request = record.predict_log.request
    request.model_spec.name = MODEL_NAME
    request.model_spec.signature_name = "serving_default"
    for name, tensor in golden.inputs.items():
        request.inputs[name].CopyFrom(to_tensor(tensor))
    path = artifact / WARMUP_RECORDS
    path.parent.mkdir(parents=True, exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        writer.write(record.SerializeToString())
