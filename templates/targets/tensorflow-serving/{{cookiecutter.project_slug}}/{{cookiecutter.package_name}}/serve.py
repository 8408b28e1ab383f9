"""Serve the exported model over REST and gRPC.

By a Docker engine that runs, else by a `tensorflow_model_server` on the PATH, else by
the local stand-in of this project, over REST alone.
"""

import argparse
import contextlib
import os
import platform
import shutil
import subprocess
import sys

from . import contract
from .service import model_config, ways
from .service.messages import ConfigError
from .settings import ARTIFACTS, MODEL_NAME

EMULATION = (
    "There is no arm64 image of TensorFlow Serving: the amd64 one runs emulated, which "
    "is slow. Use --with local, or a tensorflow_model_server for arm64 on the PATH."
)
DOWNLOAD = f"Docker downloads {ways.IMAGE} first, some 200 MB."


class ServeError(Exception):
    """The model cannot be served this way; the message says what to do."""


def choose() -> str:
    """Return the best way to serve that this machine offers."""
    for way in ("docker", "binary"):
        with contextlib.suppress(ServeError):
            check(way)
            return way
    return "local"


def check(way: str) -> None:
    """Raise ServeError if this machine does not offer this way to serve."""
    program = {"docker": "docker", "binary": ways.BINARY}.get(way)
    if program and not shutil.which(program):
        raise ServeError(f"there is no {program} on the PATH; use --with local.")
    if way == "docker" and not _docker_knows("info"):
        raise ServeError("no Docker engine answers: start it, or use --with local.")


def _docker_knows(*question: str) -> bool:
    try:
        command = ["docker", *question]
        return subprocess.run(command, capture_output=True, timeout=10).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def announce(way: str, port: int) -> None:
    """Print where the model is served, and the reasons for a long wait."""
    print(f"Serving {MODEL_NAME} with {way} on http://127.0.0.1:{port}", flush=True)
    if way == "docker" and platform.machine().lower() in ("arm64", "aarch64"):
        print(EMULATION, flush=True)
    if way == "docker" and not _docker_knows("image", "inspect", ways.IMAGE):
        print(DOWNLOAD, flush=True)


def command(way: str, port: int) -> list[str]:
    """Return the command that serves on a port; for the local server, its flags."""
    serving = model_config.SERVING
    if way == "docker":
        return ways.docker(port, model_config.VERSIONS.resolve(), serving)
    config = model_config.write_host_config()
    if way == "binary":
        return ways.binary(port, serving, config)
    return [f"--rest_api_port={port}", f"--model_config_file={config}"]


def run(way: str, line: list[str]) -> None:
    """Replace this process by the server, which gets its signals."""
    if way == "local":
        # Imported here, as it loads TensorFlow.
        from .service.local_server.__main__ import main as serve_locally

        serve_locally(line)
    elif sys.platform == "win32":  # whose exec leaves the caller's console
        sys.exit(subprocess.run(line).returncode)
    else:
        os.execvp(line[0], line)


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
        signature = contract.Signature.read(ARTIFACTS)
        signature.verify(ARTIFACTS)
        line = command(way, options.port)
    except (contract.ContractError, ConfigError, ServeError) as error:
        sys.exit(f"error: {error}")
    if stale := signature.staleness():
        print(f"warning: {stale}", file=sys.stderr)
    announce(way, options.port)
    run(way, line)


if __name__ == "__main__":
    main()
