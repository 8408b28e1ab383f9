"""Run the local server; its flags are TensorFlow Serving's, as far as they apply."""

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from ..messages import ConfigError, MonitoringConfig, read_config
from .http import RestApi, Server
from .models import Models

DEFAULT_METRICS = "/monitoring/prometheus/metrics"
NOTICE = "Local stand-in for TensorFlow Serving: for development and CI, not to deploy."


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the local server with these arguments, else those of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model_config_file", type=Path, required=True)
    parser.add_argument("--monitoring_config_file", type=Path)
    parser.add_argument("--rest_api_port", type=int, default=8501)
    parser.add_argument("--rest_api_timeout_in_ms", type=int, default=30_000)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    # TensorFlow calls the loader deprecated that TensorFlow Serving uses.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    print(NOTICE, file=sys.stderr, flush=True)
    try:
        metrics_path = read_metrics_path(options.monitoring_config_file)
        models = Models(options.model_config_file, options.rest_api_timeout_in_ms)
    except (ConfigError, OSError) as error:
        sys.exit(f"error: {error}")
    models.watch()
    Server(RestApi(models, metrics_path), options.rest_api_port).run()


def read_metrics_path(file: Path | None) -> str | None:
    """Return where Prometheus finds the metrics, if it is to find any."""
    if file is None:
        return None
    prometheus = read_config(file, MonitoringConfig).prometheus_config
    return str(prometheus.path or DEFAULT_METRICS) if prometheus.enable else None


if __name__ == "__main__":
    main()
