"""Warm-up records: requests that TensorFlow Serving answers before it serves anyone.

Without them the first callers wait while TensorFlow prepares its kernels.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ..contract import Golden, encoded_images
from ..settings import MODEL_NAME
from .messages import WARMUP_RECORDS, PredictionLog
from .tensors import to_tensor

BATCH_SIZES = (1, 16)


def write_warmup(artifact: Path, golden: Golden) -> None:
    """Write records for both signatures into a SavedModel."""
    path = artifact / WARMUP_RECORDS
    path.parent.mkdir(parents=True, exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for record in _records(golden.inputs["image"]):
            writer.write(record.SerializeToString())


def _records(images: NDArray[Any]) -> Iterator[Any]:
    """Yield a record for each signature and size; images (count, 8, 8), 0 to 1."""
    files = [_to_png(image) for image in images]
    for size in BATCH_SIZES:
        yield _record("serving_default", "image", images[:size])
        yield _record(encoded_images.SIGNATURE, "image_bytes", files[:size])


def _record(signature: str, name: str, value: Any) -> Any:
    record = PredictionLog()
    request = record.predict_log.request
    request.model_spec.name = MODEL_NAME
    request.model_spec.signature_name = signature
    request.inputs[name].CopyFrom(to_tensor(value))
    return record


def _to_png(image: NDArray[Any]) -> bytes:
    pixels = (image * 255).astype(np.uint8)[..., np.newaxis]
    return bytes(tf.io.encode_png(pixels).numpy())
