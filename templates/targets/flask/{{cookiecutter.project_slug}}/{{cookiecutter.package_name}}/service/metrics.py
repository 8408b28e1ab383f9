"""Metrics for Prometheus. With several workers, each writes files that all read."""

import os
from pathlib import Path

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

from ..contract import Signature
from .protocol import VERSION

# Where prometheus_client keeps the files; it is read at its first import.
FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

# Its count is the number of requests, so there is no counter beside it.
SECONDS = Histogram(
    "service_request_seconds",
    "Time from a request's headers to its answer.",
    ["route", "status"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
IN_FLIGHT = Gauge(
    "service_requests_in_flight",
    "Requests that are waiting or being answered.",
    multiprocess_mode="livesum",
)
BATCH_SIZE = Histogram(
    "service_batch_size",
    "Examples in one run of the model.",
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024),
)
UNSHARED = Counter(
    "service_unshared",
    "Processes that stopped batching: outputs did not have one row per example.",
)
MODEL = Gauge(
    "service_model",
    "1 for the model that is served.",
    ["name", "version", "format", "sha256"],
    multiprocess_mode="max",
)


def set_model(signature: Signature) -> None:
    """Set which model is served, and drop the gauges of workers that have died."""
    MODEL.labels(signature.name, VERSION, signature.format, signature.sha256).set(1)
    if folder := os.environ.get(FOLDER_VARIABLE):
        for file in Path(folder).glob("gauge_live*.db"):
            pid = int(file.stem.rpartition("_")[2])
            try:
                os.kill(pid, 0)  # sends nothing
            except ProcessLookupError:
                multiprocess.mark_process_dead(pid)


def exposition() -> bytes:
    """Return the metrics of all workers in Prometheus' text format."""
    if FOLDER_VARIABLE not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    return generate_latest(registry)
