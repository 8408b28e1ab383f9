"""Whether the service is about to stop, known to all of its processes."""

import os
import signal
import sys
from pathlib import Path

# A folder that belongs to one run of the service.
FOLDER_VARIABLE = "SERVICE_RUN_FOLDER"


def begin() -> None:
    """Notify all processes."""
    _mark().touch()


def has_begun() -> bool:
    """Return whether the service should get no new traffic."""
    return FOLDER_VARIABLE in os.environ and _mark().exists()


def hold_signals() -> None:
    """Block signals until this process, a worker, can handle them.

    While it loads it has its parent's handlers, and later a loop's that does not run.
    """
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})


def take_signals() -> None:
    """Unblock them; Ctrl-C reaches all processes, and is for the parent alone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})


def _mark() -> Path:
    return Path(os.environ[FOLDER_VARIABLE]) / "draining"
