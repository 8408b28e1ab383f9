"""Raw examples with their targets, and the three parts that training needs."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

from .. import prepare
from ..settings import SEED
from .raw import Columns
from .task import Task
from .tensors import Tensors


@dataclass(frozen=True)
class Examples:
    """Raw values by column, as clients send them, and what the model should answer.

    The targets are class numbers, which index `labels`, as int64 (count,), or numbers
    of their own as float32 (count,), which the only label names.
    """

    raw: Columns
    targets: NDArray[Any]
    labels: list[str]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.targets)

    def take(self, rows: Any) -> "Examples":
        """Return those in these rows."""
        raw = {name: column[rows] for name, column in self.raw.items()}
        return replace(self, raw=raw, targets=self.targets[rows])


@dataclass(frozen=True)
class Dataset:
    """What the model learns from, what training watches, and what it never sees."""

    train: Examples
    validation: Examples
    test: Examples
    test_rows: NDArray[np.int64]  # where `test` stands in what was split


def split(examples: Examples) -> Dataset:
    """Return the same three parts every time: 70, 10 and 20 percent of each class."""
    rest, test = _split(examples, np.arange(len(examples)), share=0.2)
    train, validation = _split(examples, rest, share=0.125)
    take = examples.take
    return Dataset(take(train), take(validation), take(test), test)


def _split(
    examples: Examples, rows: NDArray[np.int64], share: float
) -> list[NDArray[np.int64]]:
    classes = examples.targets[rows]
    counts = np.unique(classes, return_counts=True)[1]
    # Numbers are no classes, and each class needs a row in both parts.
    fits = classes.dtype.kind == "i" and len(counts) <= share * len(rows)
    stratify = classes if fits and counts.min() > 1 else None
    parts: list[NDArray[np.int64]] = train_test_split(
        rows, test_size=share, stratify=stratify, random_state=SEED
    )
    return parts


def learn(train: Examples) -> Task:
    """Return the task, its preprocessing fitted on the training part alone."""
    how = prepare.fit(train.raw)
    return Task.learn(train.labels, train.targets, how)


def prepared(examples: Examples, task: Task) -> tuple[Tensors, NDArray[Any]]:
    """Return the model's inputs by name, and the targets."""
    return prepare.prepare(examples.raw, task.preprocessing), examples.targets


def batches(
    examples: Examples, task: Task, size: int = 256
) -> Iterator[tuple[Tensors, NDArray[Any]]]:
    """Yield the prepared examples in order, so many at a time."""
    for start in range(0, len(examples), size):
        yield prepared(examples.take(slice(start, start + size)), task)
