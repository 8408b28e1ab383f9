"""Train the model, save it, and write the reports."""

import argparse
import warnings

from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss

from . import data, model
from .evaluation import report
from .settings import MODELS, REPORTS


def train(epochs: int) -> float:
    """Train from scratch and return the accuracy on held-out examples."""
    digits = data.load()
    network = model.build()
    history = fit(network, digits, epochs)
    model.save(network, MODELS)
    probabilities = model.predict(network, digits.test.images)
    return report.write(REPORTS, history, digits.test, probabilities, data.LABELS)


def fit(
    network: LogisticRegression, digits: data.Dataset, epochs: int
) -> report.History:
    """Train the model in place and return how it went, epoch by epoch."""
    history = report.History()
    images, labels = digits.train
    for _ in range(epochs):
        with warnings.catch_warnings():
            # An epoch is a few steps: it is not meant to converge.
            warnings.simplefilter("ignore", ConvergenceWarning)
            network.fit(images.reshape(len(images), -1), labels)
        loss, accuracy = score(network, digits.train)
        history.loss.append(loss)
        history.accuracy.append(accuracy)
        loss, accuracy = score(network, digits.validation)
        history.validation_loss.append(loss)
        history.validation_accuracy.append(accuracy)
    return history


def score(network: LogisticRegression, split: data.Split) -> tuple[float, float]:
    """Return loss and accuracy on one part of the data."""
    probabilities = model.predict(network, split.images)
    classes = range(len(data.LABELS))
    loss = log_loss(split.labels, probabilities, labels=classes)
    accuracy = accuracy_score(split.labels, probabilities.argmax(axis=1))
    return float(loss), float(accuracy)


def main() -> None:
    """Run the training from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=20)
    options = parser.parse_args()
    if options.epochs < 1:
        parser.error("--epochs is at least 1")
    accuracy = train(options.epochs)
    print(f"Accuracy on held-out examples: {accuracy:.1%}; reports in {REPORTS}")


if __name__ == "__main__":
    main()
