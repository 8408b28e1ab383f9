"""The forms that the model can be exported in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from .convert import write_artifact
from .int8 import write_int8

WRITERS: dict[str, Callable[[Any, Path], None]] = {
    "float32": write_artifact,
    "int8": write_int8,
}
