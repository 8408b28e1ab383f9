"""Warm-up records: requests that TensorFlow Serving answers before it is available.

Without them the first clients wait while TensorFlow prepares its kernels.
"""

from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ..contract import Golden, encoded_images
from ..settings import MODEL_NAME
from .messages import WARMUP_RECORDS, PredictionLog
from .tensors import to_request

BATCH_SIZES = (1, 16)


def write_warmup(artifact: Path, golden: Golden) -> None:
    """Write records for both signatures into a SavedModel."""
    path = artifact / WARMUP_RECORDS
    path.parent.mkdir(parents=True, exist_ok=True)
    images = golden.inputs["image"]  # (count, 8, 8), from 0 to 1
    files = [_to_png(image) for image in images]
    with tf.io.TFRecordWriter(str(path)) as writer:
        for size in BATCH_SIZES:
            pixels = to_request(MODEL_NAME, "serving_default", {"image": images[:size]})
            inputs = {"image_bytes": files[:size]}
            encoded = to_request(MODEL_NAME, encoded_images.SIGNATURE, inputs)
            for request in (pixels, encoded):
                record = PredictionLog()
                record.predict_log.request.CopyFrom(request)
                writer.write(record.SerializeToString())


def _to_png(image: NDArray[Any]) -> bytes:
    pixels = (image * 255).astype(np.uint8)[..., np.newaxis]
    return bytes(tf.io.encode_png(pixels).numpy())
