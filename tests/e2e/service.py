"""A generated Flask service, started, watched and stopped by a test."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from e2e.conftest import Smoked


@dataclass(frozen=True)
class Service:
    """A running service; `workers` are its worker processes."""

    url: str
    model: str
    process: subprocess.Popen[bytes]

    @property
    def port(self) -> str:
        return self.url.rpartition(":")[2]

    @property
    def predict_url(self) -> str:
        return f"{self.url}/v1/models/{self.model}:predict"

    @property
    def workers(self) -> list[int]:
        task = Path(f"/proc/{self.process.pid}/task/{self.process.pid}")
        children = (task / "children").read_text().split()
        return [int(pid) for pid in children]

    def status(self, path: str) -> int:
        try:
            url = self.url + path
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 (ours)
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def wait_until_ready(self, seconds: float = 300) -> None:
        deadline = time.monotonic() + seconds
        while self.status("/readyz") != 200:
            assert self.process.poll() is None, "the service has ended"
            assert time.monotonic() < deadline, "the service did not become ready"
            time.sleep(0.1)


@contextlib.contextmanager
def running(project: Smoked, **variables: str) -> Iterator[Service]:
    """Start the service of a project, and stop it when done."""
    artifacts = Path(variables.get("ARTIFACTS", project.path / "artifacts"))
    signature = json.loads((artifacts / "signature.json").read_text("utf-8"))
    port = free_port()
    environment = {**os.environ, "FLASK_LOG_LEVEL": "WARNING", **variables}
    command = [project.python, "-m", f"{project.package}.serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=project.path, env=environment)
    service = Service(f"http://127.0.0.1:{port}", signature["name"], process)
    try:
        service.wait_until_ready()
        yield service
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        finally:
            process.kill()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def question(project: Smoked, examples: int = 1) -> bytes:
    """Return a predict request with real examples."""
    golden = json.loads((project.path / "artifacts/golden.json").read_text("utf-8"))
    return json.dumps({"instances": golden["inputs"]["image"][:examples]}).encode()


def resident_megabytes(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError(f"process {pid} has no memory")
