"""Train the network with a loop of our own, save it, and write the reports.

High-level parts where they fit (`tf.data`, the optimizer, the loss), low-level where it
teaches something: the forward pass in model.py, and the gradient step here.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from . import data, model
from .contract.dataset import Examples, batch_size, learn, prepared
from .contract.graphs import Named, specs
from .contract.network import Network
from .evaluation import outcome
from .evaluation.history import History
from .evaluation.score import METRIC, score
from .settings import SEED


def train(epochs: int, seed: int) -> str:
    """Train from scratch and return how well held-out examples are answered."""
    tf.keras.utils.set_random_seed(seed)
    dataset = data.load()
    task, inputs = learn(dataset.train)
    network = Network(model.build(task), task, inputs)
    training = pipeline(dataset.train, network)
    validation = pipeline(dataset.validation, network)
    optimizer = tf.keras.optimizers.Adam(model.LEARNING_RATE)
    history: History = defaultdict(list)
    for _ in tqdm(range(epochs), unit="epoch"):
        losses = [train_step(network.module, optimizer, *batch) for batch in training]
        history["loss"].append(float(tf.reduce_mean(losses)))
        losses = [validation_loss(network.module, *batch) for batch in validation]
        history["val_loss"].append(float(tf.reduce_mean(losses)))
        outputs = outcome.predict(network, dataset.validation)
        history[f"val_{METRIC}"].append(score(dataset.validation.targets, outputs))
    return outcome.record(network, dataset, history)


def pipeline(examples: Examples, network: Network) -> tf.data.Dataset:
    """Return batches in a new order each epoch, prepared while the last one trains."""

    def batches() -> Iterator[Any]:
        order, size = np.random.permutation(len(examples)), batch_size(len(examples))
        for start in range(0, len(order), size):
            rows = order[start : start + size]
            yield prepared(examples.take(rows), network.task)

    inputs = {spec.name: spec for spec in specs(network.inputs)}
    targets = tf.TensorSpec([None], examples.targets.dtype)
    whole = tf.data.Dataset.from_generator(batches, output_signature=(inputs, targets))
    return whole.prefetch(tf.data.AUTOTUNE)


@tf.function(reduce_retracing=True)
def train_step(
    module: tf.Module,
    optimizer: tf.keras.optimizers.Optimizer,
    inputs: Named,
    targets: tf.Tensor,
) -> tf.Tensor:
    """Take one gradient step and return the loss; compiled into a graph."""
    with tf.GradientTape() as tape:
        loss = model.loss(targets, module(inputs, training=True))
    gradients = tape.gradient(loss, module.trainable_variables)
    optimizer.apply_gradients(zip(gradients, module.trainable_variables, strict=True))
    return loss


@tf.function(reduce_retracing=True)
def validation_loss(module: tf.Module, inputs: Named, targets: tf.Tensor) -> tf.Tensor:
    """Return the loss on examples that it does not learn from."""
    return model.loss(targets, module(inputs))


def debug() -> None:
    """Make every step run eagerly, and stop at the first NaN or infinity.

    Slow, but breakpoints and prints work inside `train_step`, and an error points at
    the Python line that caused it instead of at a node of the graph.
    """
    tf.config.run_functions_eagerly(True)
    tf.data.experimental.enable_debug_mode()
    tf.debugging.enable_check_numerics()


def main() -> None:
    """Run the training from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default={{ cookiecutter._epochs | default(20) }})
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--debug", action="store_true", help=debug.__doc__)
    options = parser.parse_args()
    if options.epochs < 1 or not 0 <= options.seed < 2**32:
        parser.error("--epochs is at least 1, and --seed from 0 to 4294967295")
    if options.debug:
        debug()
    print(train(options.epochs, options.seed))


if __name__ == "__main__":
    main()
