"""Warm-up records: requests that TensorFlow Serving answers before it is available.

Without them the first clients wait while TensorFlow prepares its kernels.
"""

from pathlib import Path

import tensorflow as tf

from ..contract import Golden
from ..settings import MODEL_NAME
from .messages import WARMUP_RECORDS, PredictionLog
from .tensors import to_request


def write_warmup(artifact: Path, golden: Golden) -> None:
    """Write one record, with the golden examples, into a SavedModel."""
    path = artifact / WARMUP_RECORDS
    path.parent.mkdir(parents=True, exist_ok=True)
    record = PredictionLog()
    request = to_request(MODEL_NAME, "serving_default", golden.inputs)
    record.predict_log.request.CopyFrom(request)
    with tf.io.TFRecordWriter(str(path)) as writer:
        writer.write(record.SerializeToString())
