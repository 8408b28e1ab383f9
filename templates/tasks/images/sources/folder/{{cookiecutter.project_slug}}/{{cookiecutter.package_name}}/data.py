"""The data to train on: a folder of pictures, with a sub-folder for each class.

`data/source.json` has its path, absolute or relative to the project.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from .contract.dataset import Dataset, Examples, split
from .contract.raw import column
from .prepare import is_picture
from .settings import ROOT

_FIELDS = json.loads((ROOT / "data" / "source.json").read_text("utf-8"))
SOURCE = ROOT / _FIELDS["path"]
SUFFIXES = {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp"}


def read() -> Examples:
    """Return the path of every picture that can be read, and its class.

    The pictures stay on disk until they are prepared, a batch at a time.
    """
    labels = sorted(one.name for one in SOURCE.iterdir() if _is_class(one))
    files = [file for label in labels for file in _files(SOURCE / label)]
    with ThreadPoolExecutor() as pool:
        readable = np.array(list(pool.map(is_picture, files)))
    if skipped := np.count_nonzero(~readable):
        message = f"{skipped} of {len(files)} pictures cannot be read and are left out."
        print(message, file=sys.stderr)
    targets = np.array([labels.index(file.parent.name) for file in files])
    return Examples({"image": column(files)}, targets, labels).take(readable)


def load() -> Dataset:
    """Return the examples in three parts, for training, watching it, and testing."""
    return split(read())


def _is_class(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith(".")


def _files(folder: Path) -> list[Path]:
    files = sorted(folder.iterdir())
    return [one for one in files if one.suffix.lower() in SUFFIXES and one.is_file()]
