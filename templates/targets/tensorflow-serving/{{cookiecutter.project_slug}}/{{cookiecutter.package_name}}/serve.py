"""Serve the exported model over REST and gRPC.

With a Docker engine that runs, else with a `tensorflow_model_server` on the PATH, else
with the local stand-in of this project.
"""

import argparse
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from . import contract
from .service import model_config
from .service.messages import ConfigError
from .settings import ARTIFACTS, MODEL_NAME

IMAGE = "tensorflow/serving:{{ cookiecutter._serving_version }}"
BINARY = "tensorflow_model_server"
FLAGS = [
    "--allow_version_labels_for_unavailable_models=true",
    "--model_config_file_poll_wait_seconds=1",
]
EMULATION = (
    "There is no arm64 image of TensorFlow Serving: the amd64 one runs emulated, which "
    "is several times slower. To do without: `--with local`, or a "
    "tensorflow_model_server built for arm64 on the PATH."
)
DOWNLOAD = f"Docker downloads {IMAGE} first, some 200 MB."


class ServeError(Exception):
    """It cannot be served this way; the message says what can be done."""


def choose() -> str:
    """Return the best way to serve that this machine offers."""
    if docker_is_running():
        return "docker"
    return "binary" if shutil.which(BINARY) else "local"


def docker_is_running() -> bool:
    """Say whether a Docker engine answers."""
    return shutil.which("docker") is not None and _docker_knows("info")


def _docker_knows(*question: str) -> bool:
    try:
        command = ["docker", *question]
        return subprocess.run(command, capture_output=True, timeout=10).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def check(way: str) -> None:
    """Raise ServeError if the machine does not offer this way to serve."""
    program = {"docker": "docker", "binary": BINARY}.get(way)
    if program and not shutil.which(program):
        raise ServeError(f"there is no {program} on the PATH; use --with local.")
    if way == "docker" and not docker_is_running():
        raise ServeError("no Docker engine answers: start it, or use --with local.")


def notices(way: str) -> list[str]:
    """Return what to say before a long wait."""
    if way != "docker":
        return []
    arm = platform.machine().lower() in ("arm64", "aarch64")
    known = _docker_knows("image", "inspect", IMAGE)
    return [EMULATION] * arm + [DOWNLOAD] * (not known)


def command(way: str, port: int) -> list[str]:
    """Return the command that serves on a port; for the local server, its flags."""
    if way == "docker":
        return _docker(port)
    config = str(model_config.write_host_config())
    files = _files(model_config.SERVING, config)
    rest, grpc = f"--rest_api_port={port}", f"--port={port - 1}"
    if way == "local":
        return [rest, *files]
    return [BINARY, rest, grpc, *files, *_batching(model_config.SERVING), *FLAGS]


def _docker(port: int) -> list[str]:
    volumes = {
        model_config.VERSIONS.resolve(): f"/models/{MODEL_NAME}",
        model_config.SERVING: "/serving",
    }
    mounts = [f"--volume={here}:{there}:ro" for here, there in volumes.items()]
    ports = [f"--publish=127.0.0.1:{port}:8501", f"--publish=127.0.0.1:{port - 1}:8500"]
    options = ["--rm", "--init", "--platform=linux/amd64", "--user=10001"]
    image = [f"--entrypoint={BINARY}", IMAGE, "--rest_api_port=8501", "--port=8500"]
    files = _files(Path("/serving"), "/serving/models.config")
    flags = [*files, *_batching(Path("/serving")), *FLAGS]
    return ["docker", "run", *options, *ports, *mounts, *image, *flags]


def _batching(folder: Path) -> list[str]:
    file = folder / "batching.config"
    return ["--enable_batching=true", f"--batching_parameters_file={file}"]


def _files(folder: Path, config: str) -> list[str]:
    return [
        f"--model_config_file={config}",
        f"--monitoring_config_file={folder / 'monitoring.config'}",
    ]


def main() -> None:
    """Run the server from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8501, help="REST; gRPC is one less")
    parser.add_argument("--with", dest="way", choices=["docker", "binary", "local"])
    options = parser.parse_args()
    if not 2 <= options.port <= 65535:
        parser.error("--port must be from 2 to 65535, as gRPC takes the one below.")
    way = options.way or choose()
    try:
        check(way)
        contract.Signature.read(ARTIFACTS).verify(ARTIFACTS)
        line = command(way, options.port)
    except (contract.ContractError, ConfigError, ServeError) as error:
        sys.exit(f"error: {error}")
    url = f"http://127.0.0.1:{options.port}"
    for text in [f"Serving {MODEL_NAME} with {way} on {url}", *notices(way)]:
        print(text, flush=True)
    run(way, line)


def run(way: str, line: list[str]) -> None:
    """Let the server take this process over, with its signals and its exit status."""
    if way == "local":
        # Imported here, as it loads TensorFlow.
        from .service.local_server.__main__ import main as serve_locally

        serve_locally(line)
    elif sys.platform == "win32":  # whose exec leaves the caller's console
        sys.exit(subprocess.run(line).returncode)
    else:
        os.execvp(line[0], line)


if __name__ == "__main__":
    main()
