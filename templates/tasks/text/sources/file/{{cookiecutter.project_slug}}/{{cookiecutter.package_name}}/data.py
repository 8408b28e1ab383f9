"""The data to train on: the texts and labels in two columns of a file.

`data/source.json` says where that file is, and how it is written.
"""

import csv
import json

import numpy as np

from .contract.dataset import Dataset, Examples, split
from .contract.raw import column
from .settings import ROOT

OPTIONS = json.loads((ROOT / "data" / "source.json").read_text("utf-8"))
SOURCE = ROOT / OPTIONS["path"]
LONGEST = 100_000_000  # characters of a text


def read() -> Examples:
    """Return every text that has a label, and the labels in alphabetical order."""
    csv.field_size_limit(LONGEST)
    texts, labels = [], []
    with SOURCE.open(encoding=OPTIONS["encoding"], newline="") as file:
        for row in csv.DictReader(file, delimiter=OPTIONS["delimiter"]):
            label = row[OPTIONS["label"]].strip()
            if label not in OPTIONS["missing"]:
                texts.append(row[OPTIONS["text"]])
                labels.append(label)
    names, targets = np.unique(labels, return_inverse=True)
    return Examples({"text": column(texts)}, targets.astype(np.int64), names.tolist())


def load() -> Dataset:
    """Return the examples in three parts, for training, watching it, and testing."""
    return split(read())
