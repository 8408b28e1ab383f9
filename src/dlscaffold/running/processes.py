"""Child processes that end with this process, and leave nothing behind."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from dlscaffold.errors import ScaffoldError

GRACE_SECONDS = 10  # between SIGTERM and SIGKILL
PATIENCE = 15  # seconds that another program may take to answer
# Ctrl-C is an exception in Python anyway. The second is a terminal that was closed.
SIGNALS = [
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
]


@contextmanager
def ending_cleanly() -> Iterator[None]:
    """Raise KeyboardInterrupt where the process would end at once, as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set handlers
        return
    previous = {number: signal.signal(number, _interrupt) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


@contextmanager
def child_process(
    command: Sequence[str], folder: Path, variables: Mapping[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """Run a command in a folder and yield it; its output is one stream of text.

    `variables` are set unless the user has set them. The child ends if this process is
    interrupted; what it leaves running is ended when it ends. Raises ScaffoldError if
    the command cannot be started.
    """
    child = _start(command, folder, variables)
    # A process that a step left running would keep its output, and so this one, open.
    threading.Thread(target=_end_rest, args=(child,), daemon=True).start()
    with ending_cleanly(), child:
        try:
            yield child
        except BaseException:
            _end(child)
            raise


def _start(
    command: Sequence[str], folder: Path, variables: Mapping[str, str]
) -> subprocess.Popen[str]:
    unbuffered = {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
    environment = {**variables, **os.environ, **unbuffered}
    # A project must not import modules that its environment does not have.
    environment.pop("PYTHONPATH", None)
    try:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        raise ScaffoldError(
            f"Cannot run {command[0]} ({error.strerror}); name a Python interpreter "
            "with --python."
        ) from error


def _end(child: subprocess.Popen[str]) -> None:
    _signal_group(child, signal.SIGTERM)
    try:
        child.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _end_rest(child: subprocess.Popen[str]) -> None:
    """Wait for the child, and end the processes that it has started and left."""
    child.wait()
    _signal_group(child, signal.SIGTERM)


def _signal_group(child: subprocess.Popen[str], number: signal.Signals) -> None:
    """Send a signal to the child and to everything it has started."""
    if sys.platform == "win32":
        child.terminate()
        return
    with suppress(ProcessLookupError):
        os.killpg(child.pid, number)  # it leads a process group of its own


def output_of(command: Sequence[str]) -> str | None:
    """Return what a command prints, or None if it fails or takes too long."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
