"""The other interpreter: asked in a process of its own, with a time limit."""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from dlscaffold.errors import ScaffoldError
from dlscaffold.models.description import Source

PATIENCE = 120  # seconds; importing TensorFlow takes up to 30 on a busy machine
WORKER = Path(__file__).with_name("worker.py")


def call(source: Source, task: str, request: dict[str, Any]) -> dict[str, Any]:
    """Return the worker's answer; a failure is one sentence."""
    fields = {"task": task, "trust": source.trust, **request}
    # As text: run as a file, its folder's `onnx.py` would stand in for the real one.
    command = [str(source.python), "-c", WORKER.read_text("utf-8")]
    try:
        with tempfile.TemporaryDirectory() as empty:
            done = subprocess.run(
                command,
                input=json.dumps(fields),
                cwd=empty,
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                timeout=PATIENCE,
            )
    except OSError as error:
        raise ScaffoldError(
            f"{source.python} cannot be run ({error.strerror}): name a Python "
            "interpreter with --python."
        ) from error
    except subprocess.TimeoutExpired as error:
        raise ScaffoldError(
            f"{source.python} took more than {PATIENCE} seconds to read {source.path}."
        ) from error
    return answer(done, source)


def answer(done: subprocess.CompletedProcess[str], source: Source) -> dict[str, Any]:
    """Return what the worker said, if it came to say something."""
    try:
        found = json.loads(done.stdout)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        last = (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]
        raise ScaffoldError(f"{source.python} failed to read {source.path} ({last}).")
    if "error" in found:
        raise ScaffoldError(
            f"{source.python} cannot read {source.path} ({found['error']})."
        )
    return found
