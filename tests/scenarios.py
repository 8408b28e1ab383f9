"""Situations, what is recommended in each, and why; data of test_recommend.py."""

from __future__ import annotations

from typing import Any

from advice_layers import EXEC, FLASK, LITERT, PT, SERVING, TF, K

# The answers, the first choice, and words of the reason that speaks for it (where there
# is none, of what ruled the rest out).
SCENARIOS: list[tuple[dict[str, Any], tuple[str, str] | None, str]] = [
    ({}, (K, FLASK), "best for newbies"),
    ({"framework": K}, (K, FLASK), "TensorFlow Serving or Flask"),
    ({"framework": TF}, (TF, SERVING), "easy to deploy with TensorFlow Serving"),
    ({"framework": PT}, (PT, FLASK), "ONNX Runtime serves"),
    ({"where": "server"}, (K, FLASK), "Python and nothing else"),
    ({"team": "new"}, (K, FLASK), "new to deployment"),
    ({"framework": K, "python": "yes"}, (K, FLASK), "same process as the model"),
    ({"framework": TF, "python": "yes"}, (TF, FLASK), "same process as the model"),
    ({"framework": PT, "python": "yes"}, (PT, FLASK), "same process as the model"),
    ({"framework": K, "python": "no"}, (K, SERVING), "no code of your own"),
    ({"framework": TF, "python": "no"}, (TF, SERVING), "no code of your own"),
    ({"framework": K, "swap": "yes"}, (K, SERVING), "without downtime"),
    ({"framework": TF, "swap": "yes"}, (TF, SERVING), "without downtime"),
    ({"framework": PT, "swap": "yes"}, (PT, FLASK), "ONNX Runtime serves"),
    (
        {"framework": K, "rate": 3000.0, "swap": "yes", "python": "no"},
        (K, SERVING),
        "without downtime",
    ),
    (
        {"framework": TF, "rate": 3000.0, "swap": "yes", "python": "no"},
        (TF, SERVING),
        "without downtime",
    ),
    ({"framework": K, "rate": 3000.0}, (K, SERVING), "into batches"),
    ({"framework": K, "rate": 5.0}, (K, FLASK), "Python and nothing else"),
    ({"framework": PT, "rate": 3000.0}, (PT, FLASK), "ONNX Runtime serves"),
    (
        {"framework": K, "rate": 3000.0, "python": "yes"},
        (K, FLASK),
        "same process as the model",
    ),
    (
        {"framework": K, "swap": "yes", "python": "yes"},
        (K, FLASK),
        "same process as the model",
    ),
    ({"framework": K, "team": "new"}, (K, FLASK), "read from end to end"),
    ({"framework": TF, "team": "new"}, (TF, FLASK), "read from end to end"),
    (
        {"framework": TF, "team": "experienced"},
        (TF, SERVING),
        "configured, not programmed",
    ),
    (
        {"framework": K, "team": "new", "swap": "yes", "python": "no"},
        (K, SERVING),
        "without downtime",
    ),
    ({"framework": TF, "processor": "arm64"}, (TF, FLASK), "arm64"),
    (
        {"framework": K, "processor": "arm64", "swap": "yes", "rate": 3000.0},
        (K, FLASK),
        "arm64",
    ),
    (
        {
            "framework": K,
            "processor": "arm64",
            "emulation": "yes",
            "swap": "yes",
            "python": "no",
        },
        (K, SERVING),
        "without downtime",
    ),
    (
        {"framework": TF, "processor": "arm64", "emulation": "yes"},
        (TF, FLASK),
        "Python and nothing else",
    ),
    ({"framework": TF, "processor": "x86_64"}, (TF, SERVING), "easy to deploy"),
    (
        {"framework": TF, "containers": "no", "system": "windows"},
        (TF, FLASK),
        "without a container engine",
    ),
    (
        {"framework": TF, "containers": "no", "system": "macos"},
        (TF, FLASK),
        "without a container engine",
    ),
    (
        {"framework": TF, "containers": "no", "system": "linux"},
        (TF, FLASK),
        "without a container engine",
    ),
    (
        {"framework": TF, "containers": "no", "system": "linux", "swap": "yes"},
        (TF, SERVING),
        "without downtime",
    ),
    ({"framework": TF, "containers": "yes"}, (TF, SERVING), "easy to deploy"),
    ({"framework": K, "latency": 5.0}, (K, FLASK), "times FastAPI"),
    ({"framework": K, "latency": 500.0}, (K, FLASK), "Python and nothing else"),
    (
        {
            "framework": K,
            "where": "server",
            "python": "no",
            "swap": "no",
            "rate": 5.0,
            "latency": 500.0,
        },
        (K, FLASK),
        "Python and nothing else",
    ),
    ({"framework": TF, "python": "no", "rate": 5.0}, (TF, SERVING), "no code of your"),
    ({"framework": TF, "swap": "no", "rate": 5.0}, (TF, FLASK), "nothing else"),
    (
        {
            "framework": K,
            "processor": "arm64",
            "emulation": "yes",
            "swap": "yes",
            "rate": 5000.0,
        },
        (K, FLASK),
        "arm64",
    ),
    (
        {
            "framework": TF,
            "processor": "arm64",
            "emulation": "yes",
            "containers": "no",
            "swap": "yes",
        },
        (TF, FLASK),
        "without a container engine",
    ),
    ({"where": "phone", "latency": 5.0}, (K, LITERT), "no round trip"),
    ({"framework": TF, "model_size": 5000.0}, (TF, SERVING), "separate files"),
    ({"framework": PT, "model_size": 5000.0}, (PT, FLASK), "ONNX Runtime serves"),
    ({"framework": PT, "where": "phone"}, (PT, EXEC), "own documentation"),
    ({"framework": PT, "system": "android"}, (PT, EXEC), "own documentation"),
    ({"framework": PT, "system": "ios"}, (PT, EXEC), "own documentation"),
    ({"framework": TF, "where": "phone"}, (TF, LITERT), "formerly TensorFlow Lite"),
    ({"framework": K, "where": "phone"}, (K, LITERT), "formerly TensorFlow Lite"),
    ({"framework": K, "system": "ios"}, (K, LITERT), "formerly TensorFlow Lite"),
    ({"where": "phone"}, (K, LITERT), "best for newbies"),
    (
        {"framework": PT, "where": "phone", "python": "yes"},
        (PT, EXEC),
        "own documentation",
    ),
    (
        {"framework": TF, "where": "phone", "latency": 5.0},
        (TF, LITERT),
        "formerly TensorFlow Lite",
    ),
    ({"framework": K, "where": "embedded"}, (K, LITERT), "microcontrollers"),
    ({"framework": TF, "where": "embedded"}, (TF, LITERT), "microcontrollers"),
    ({"framework": PT, "where": "embedded"}, (PT, EXEC), "own documentation"),
    (
        {"framework": K, "where": "embedded", "python": "yes"},
        (K, FLASK),
        "same process as the model",
    ),
    (
        {"framework": PT, "where": "embedded", "python": "yes", "system": "android"},
        (PT, EXEC),
        "own documentation",
    ),
    (
        {"framework": K, "where": "embedded", "python": "yes", "system": "android"},
        (K, LITERT),
        "microcontrollers",
    ),
    (
        {"framework": PT, "where": "embedded", "python": "yes", "system": "linux"},
        (PT, FLASK),
        "same process as the model",
    ),
    (
        {"framework": PT, "where": "embedded", "python": "yes", "swap": "yes"},
        (PT, FLASK),
        "same process as the model",
    ),
    # No target for devices needs containers, so that there are none favours none.
    (
        {"where": "embedded", "team": "new", "python": "no", "containers": "no"},
        (K, LITERT),
        "microcontrollers",
    ),
    ({"framework": PT, "where": "phone", "model_size": 900.0}, (PT, EXEC), "own doc"),
    (
        {"framework": K, "system": "ios", "model_size": 3000.0},
        (K, LITERT),
        "formerly TensorFlow Lite",
    ),
    ({"framework": K, "where": "phone", "model_size": 5000.0}, None, "at most 4 GB"),
    ({"framework": PT, "where": "phone", "model_size": 5000.0}, None, "at most 4 GB"),
    (
        {"framework": TF, "system": "android", "model_size": 3000.0},
        None,
        "at most 1.5 GB in one asset pack",
    ),
]
