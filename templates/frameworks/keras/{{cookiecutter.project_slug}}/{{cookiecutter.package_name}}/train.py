"""Train the network, save it, and write the reports."""

import argparse
import sys

import keras
{% include "partials/train/import.py" ignore missing %}

from . import data, model
from .evaluation import report
from .settings import MODELS, REPORTS, SEED
{% include "partials/train/threads.py" ignore missing %}


def train(epochs: int, seed: int) -> float:
    """Train from scratch and return the accuracy on held-out examples."""
    keras.utils.set_random_seed(seed)
    digits = data.load()
    network = model.build()
    network.compile(
        optimizer=keras.optimizers.Adam(2e-3),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    fitted = network.fit(
        *digits.train,
        validation_data=tuple(digits.validation),
        batch_size=64,
        epochs=epochs,
        verbose=1 if sys.stdout.isatty() else 2,  # a bar for people, lines for logs
    )
    model.save(network, MODELS)
    history = report.History(
        loss=fitted.history["loss"],
        accuracy=fitted.history["accuracy"],
        validation_loss=fitted.history["val_loss"],
        validation_accuracy=fitted.history["val_accuracy"],
    )
    probabilities = model.predict(network, digits.test.images)
    return report.write(REPORTS, history, digits.test, probabilities, data.LABELS)


def main() -> None:
    """Run the training from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    if options.epochs < 1 or not 0 <= options.seed < 2**32:
        parser.error("--epochs is at least 1, and --seed from 0 to 4294967295")
    accuracy = train(options.epochs, options.seed)
    print(f"Accuracy on held-out examples: {accuracy:.1%}; reports in {REPORTS}")


if __name__ == "__main__":
    main()
