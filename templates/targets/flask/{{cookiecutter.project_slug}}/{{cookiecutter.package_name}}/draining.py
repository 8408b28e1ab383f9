"""Whether the service is about to stop, known to all of its processes."""

import os
from pathlib import Path

# A folder that belongs to one run of the service.
FOLDER_VARIABLE = "SERVICE_RUN_FOLDER"


def begin() -> None:
    """Tell all processes."""
    _mark().touch()


def has_begun() -> bool:
    """Say whether the service should get no more traffic."""
    return FOLDER_VARIABLE in os.environ and _mark().exists()


def _mark() -> Path:
    return Path(os.environ[FOLDER_VARIABLE]) / "draining"
