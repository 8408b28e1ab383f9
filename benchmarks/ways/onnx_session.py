"""ONNX Runtime on one thread, as the frameworks are."""

from __future__ import annotations

from pathlib import Path

import onnxruntime


def one_thread_session(file: Path) -> onnxruntime.InferenceSession:
    """Return the exported model, loaded."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(file, options)
