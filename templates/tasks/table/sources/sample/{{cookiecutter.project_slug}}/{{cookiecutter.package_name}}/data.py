"""The data to train on. Replace `read` with your own; the rest of the project follows.

Here: 344 penguins of the Palmer Archipelago, whose species is to be predicted.
https://allisonhorst.github.io/palmerpenguins/
"""

from palmerpenguins import load_penguins

from .contract.dataset import Dataset, Examples, split
from .contract.tables import to_examples

TARGET = "species"


def read() -> Examples:
    """Return the rows of the table by column, and what to predict from them."""
    penguins = load_penguins().drop(columns="year")  # of the study, not of the penguin
    return to_examples(penguins, TARGET)


def load() -> Dataset:
    """Return the examples in three parts, for training, watching it, and testing."""
    return split(read())
