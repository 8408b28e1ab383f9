"""Train the model, save it, and write the reports."""

import argparse
import warnings

from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import log_loss

from . import data, model
from .contract.dataset import Dataset, learn, prepared
from .contract.network import Network
from .evaluation import outcome
from .evaluation.history import History
from .evaluation.score import METRIC, score


def train(epochs: int) -> str:
    """Train from scratch and return how well held-out examples are answered."""
    dataset = data.load()
    task, inputs = learn(dataset.train)
    network = Network(model.build(task), task, inputs)
    return outcome.record(network, dataset, fit(network, dataset, epochs))


def fit(network: Network, dataset: Dataset, epochs: int) -> History:
    """Train the model in place and return how it went, epoch by epoch."""
    history: History = {"loss": [], "val_loss": [], f"val_{METRIC}": []}
    classes = range(len(network.task.labels))
    inputs, targets = prepared(dataset.train, network.task)
    held, wanted = prepared(dataset.validation, network.task)
    (values,) = inputs.values()
    for _ in range(epochs):
        with warnings.catch_warnings():
            # An epoch is a few steps: it is not meant to converge.
            warnings.simplefilter("ignore", ConvergenceWarning)
            network.module.fit(values.reshape(len(values), -1), targets)
        trained, answered = network.predict(inputs), network.predict(held)
        losses = {
            "loss": log_loss(targets, trained["probabilities"], labels=classes),
            "val_loss": log_loss(wanted, answered["probabilities"], labels=classes),
            f"val_{METRIC}": score(wanted, answered),
        }
        for name, value in losses.items():
            history[name].append(float(value))
    return history


def main() -> None:
    """Run the training from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=20)
    options = parser.parse_args()
    if options.epochs < 1:
        parser.error("--epochs is at least 1")
    print(train(options.epochs))


if __name__ == "__main__":
    main()
