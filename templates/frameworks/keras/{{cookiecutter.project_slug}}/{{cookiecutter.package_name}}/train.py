"""Train the network, save it, and write the reports."""

import argparse
import sys
from typing import Any

import keras
import numpy as np
{% include "partials/train/import.py" ignore missing %}

from . import data, model
from .contract import Task
from .contract.dataset import Examples, batch_size, learn, prepared
from .contract.network import Network
from .evaluation import outcome
from .evaluation.metrics import METRICS
from .settings import SEED
{% include "partials/train/threads.py" ignore missing %}


class Batches(keras.utils.PyDataset):
    """Examples, prepared batch by batch, in a new order for each epoch."""

    def __init__(self, examples: Examples, task: Task) -> None:
        """Take the raw examples and how to prepare them."""
        super().__init__()
        self.examples, self.task = examples, task
        self.size = batch_size(len(examples))
        self.order = np.random.permutation(len(examples))

    def __len__(self) -> int:
        """Return the number of batches."""
        return -(-len(self.order) // self.size)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        """Return a batch: the inputs by name, and the targets."""
        rows = self.order[index * self.size :][: self.size]
        return prepared(self.examples.take(rows), self.task)

    def on_epoch_end(self) -> None:
        """Change the order."""
        np.random.shuffle(self.order)


def train(epochs: int, seed: int) -> str:
    """Train from scratch and return how well held-out examples are answered."""
    keras.utils.set_random_seed(seed)
    dataset = data.load()
    task, inputs = learn(dataset.train)
    network = Network(model.build(task), task, inputs)
    network.module.compile(
        optimizer=keras.optimizers.Adam(model.LEARNING_RATE),
        loss=model.LOSS,
        metrics=METRICS,
    )
    fitted = network.module.fit(
        Batches(dataset.train, task),
        validation_data=Batches(dataset.validation, task),
        epochs=epochs,
        verbose=1 if sys.stdout.isatty() else 2,  # a bar for people, lines for logs
    )
    return outcome.record(network, dataset, fitted.history)


def main() -> None:
    """Run the training from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default={{ cookiecutter._epochs | default(20) }})
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    if options.epochs < 1 or not 0 <= options.seed < 2**32:
        parser.error("--epochs is at least 1, and --seed from 0 to 4294967295")
    print(train(options.epochs, options.seed))


if __name__ == "__main__":
    main()
