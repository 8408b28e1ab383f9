"""The data to train on: text files in a folder, with one sub-folder for each label.

`data/source.json` says where that folder is.
"""

import json
from pathlib import Path

import numpy as np

from .contract.dataset import Dataset, Examples, split
from .contract.raw import column
from .settings import ROOT

OPTIONS = json.loads((ROOT / "data" / "source.json").read_text("utf-8"))
SOURCE = ROOT / OPTIONS["path"]
LARGEST = 1_000_000  # bytes of a file


def read() -> Examples:
    """Return the text of every file, and the names of the folders as labels."""
    labels = sorted(
        folder.name
        for folder in SOURCE.iterdir()
        if folder.is_dir() and not folder.name.startswith(".")
    )
    texts, targets = [], []
    for target, label in enumerate(labels):
        found = [text for file in files(SOURCE / label) if (text := text_of(file))]
        texts += found
        targets += [target] * len(found)
    return Examples({"text": column(texts)}, np.array(targets, np.int64), labels)


def load() -> Dataset:
    """Return the examples in three parts, for training, watching it, and testing."""
    return split(read())


def files(folder: Path) -> list[Path]:
    """Return the text files right in a folder, by name."""
    return sorted(
        file
        for file in folder.iterdir()
        if file.suffix.lower() == ".txt"
        and not file.name.startswith(".")
        and file.is_file()
        and file.stat().st_size <= LARGEST
    )


def text_of(file: Path) -> str:
    """Return a file's text; nothing if it is empty, or not in UTF-8."""
    try:
        return file.read_bytes().decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return ""
