"""The commands that start TensorFlow Serving, in a container or on this machine."""

from pathlib import Path

from ..settings import MODEL_NAME

IMAGE = "tensorflow/serving:{{ cookiecutter._serving_version }}"
BINARY = "tensorflow_model_server"


def docker(port: int, versions: Path, serving: Path) -> list[str]:
    """Return the command that runs the official image, with REST on a port."""
    volumes = {versions: f"/models/{MODEL_NAME}", serving: "/serving"}
    mounts = [f"--volume={here}:{there}:ro" for here, there in volumes.items()]
    ports = [f"--publish=127.0.0.1:{port}:8501", f"--publish=127.0.0.1:{port - 1}:8500"]
    options = ["--rm", "--init", "--platform=linux/amd64", "--user=10001"]
    server = [f"--entrypoint={BINARY}", IMAGE]
    flags = _flags(8501, "/serving", "/serving/models.config")
    return ["docker", "run", *options, *ports, *mounts, *server, *flags]


def binary(port: int, serving: Path, config: Path) -> list[str]:
    """Return the command that runs the program on the PATH, with REST on a port."""
    return [BINARY, *_flags(port, str(serving), str(config))]


def _flags(port: int, serving: str, config: str) -> list[str]:
    return [
        f"--port={port - 1}",
        f"--rest_api_port={port}",
        f"--model_config_file={config}",
        "--model_config_file_poll_wait_seconds=1",
        "--allow_version_labels_for_unavailable_models=true",
        # A version that cannot load holds up the others until its last retry: by
        # default five minutes.
        "--load_retry_interval_micros=1000000",
        f"--monitoring_config_file={serving}/monitoring.config",
        "--enable_batching=true",
        f"--batching_parameters_file={serving}/batching.config",
    ]
