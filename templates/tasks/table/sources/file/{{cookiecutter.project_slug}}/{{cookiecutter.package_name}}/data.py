"""The data to train on: the table that `data/source.json` names.

Change `read` to add columns, leave some out, or read from somewhere else; the rest of
the project follows.
"""

import pandas as pd

from .contract.dataset import Dataset, Examples, split
from .contract.files import read_json
from .contract.tables import to_examples
from .settings import ROOT

OPTIONS = read_json(ROOT / "data" / "source.json")
SOURCE = ROOT / OPTIONS["path"]  # an absolute path stays as it is
TARGET = OPTIONS["label"]


def read() -> Examples:
    """Return the rows of the table by column, and what to predict from them."""
    table = pd.read_csv(
        SOURCE,
        sep=OPTIONS["delimiter"],
        decimal=OPTIONS["decimal"],
        encoding=OPTIONS["encoding"],
        na_values=OPTIONS["missing"],
        keep_default_na=False,
        skipinitialspace=True,
        index_col=False,
        low_memory=False,  # one type for a column, however long it is
    )
    return to_examples(table, TARGET)


def load() -> Dataset:
    """Return the examples in three parts, for training, watching it, and testing."""
    return split(read())
