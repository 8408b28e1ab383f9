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
from .signature import TensorSpec
from .task import Task
from .tensors import Tensors

SAMPLE = 16  # examples, whose sizes tell which differ


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
    return list(
        train_test_split(rows, test_size=share, stratify=stratify, random_state=SEED)
    )


def learn(train: Examples) -> tuple[Task, dict[str, TensorSpec]]:
    """Return the task, fitted on the training part alone, and the model's inputs.

    A size that differs between examples is free.
    """
    task = Task.learn(train.labels, train.targets, prepare.fit(train.raw))
    singles = [
        prepared(train.take([row]), task)[0] for row in range(len(train))[:SAMPLE]
    ]
    return task, {name: _spec([one[name] for one in singles]) for name in singles[0]}


def _spec(tensors: list[NDArray[Any]]) -> TensorSpec:
    axes = zip(*(tensor.shape[1:] for tensor in tensors), strict=True)
    shape = (sizes[0] if len(set(sizes)) == 1 else None for sizes in axes)
    return TensorSpec(str(tensors[0].dtype), (None, *shape))


def prepared(examples: Examples, task: Task) -> tuple[Tensors, NDArray[Any]]:
    """Return the model's inputs by name, and the targets."""
    return prepare.prepare(examples.raw, task.preprocessing), examples.targets


def batch_size(count: int) -> int:
    """Return how many of so many examples to train on at a time, 8 to 64.

    An epoch of few examples has smaller batches, so that it takes enough steps.
    """
    return max(8, min(64, count // 32))


def batches(examples: Examples, task: Task, size: int = 256) -> Iterator[Tensors]:
    """Yield the inputs in order, so many examples at a time."""
    for start in range(0, len(examples), size):
        yield prepared(examples.take(slice(start, start + size)), task)[0]
