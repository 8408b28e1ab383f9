"""Train the network with a loop of our own, save it, and write the reports.

High-level parts where they fit (`tf.data`, the optimizer, the loss), low-level where it
teaches something: the forward pass in model.py, and the gradient step here.
"""

import argparse
from typing import Any

import tensorflow as tf
from tqdm import tqdm

from . import data, model
from .contract import Task
from .contract.dataset import Examples, batches, learn, prepared
from .contract.examples import input_specs
from .contract.graphs import Named, specs
from .contract.network import Network
from .evaluation import outcome
from .evaluation.history import History
from .evaluation.score import METRIC, score
from .settings import SEED

BATCH_SIZE = 64


def train(epochs: int, seed: int) -> str:
    """Train from scratch and return how well held-out examples are answered."""
    tf.keras.utils.set_random_seed(seed)
    dataset = data.load()
    task = learn(dataset.train)
    network = Network(model.build(task), input_specs(dataset.train, task))
    training = pipeline(dataset.train, task, network, seed)
    optimizer = tf.keras.optimizers.Adam(model.LEARNING_RATE)
    history: History = {"loss": [], "val_loss": [], f"val_{METRIC}": []}
    for _ in tqdm(range(epochs), unit="epoch"):
        losses = [
            train_step(network.module, optimizer, inputs, targets)
            for inputs, targets in training
        ]
        history["loss"].append(float(tf.reduce_mean(losses)))
        for name, value in evaluate(network, dataset.validation, task).items():
            history[name].append(value)
    return outcome.record(network, task, dataset, history)


def pipeline(
    examples: Examples, task: Task, network: Network, seed: int
) -> tf.data.Dataset:
    """Return batches in a new order each epoch, prepared while the last one trains."""
    columns = specs(network.inputs)
    target = tf.as_dtype(examples.targets.dtype)

    def prepare(rows: Any) -> list[Any]:
        inputs, targets = prepared(examples.take(rows), task)
        return [*(inputs[name] for name in network.inputs), targets]

    def shaped(rows: tf.Tensor) -> tuple[Named, tf.Tensor]:
        types = [*(column.dtype for column in columns), target]
        *tensors, targets = tf.numpy_function(prepare, [rows], types)
        for tensor, column in zip(tensors, columns, strict=True):
            tensor.set_shape(column.shape)
        targets.set_shape([None])
        return dict(zip(network.inputs, tensors, strict=True)), targets

    rows = tf.data.Dataset.range(len(examples)).shuffle(len(examples), seed=seed)
    return rows.batch(BATCH_SIZE).map(shaped).prefetch(tf.data.AUTOTUNE)


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


def evaluate(network: Network, examples: Examples, task: Task) -> dict[str, float]:
    """Return the mean loss and the score on examples that it does not learn from."""
    losses = []
    for inputs, targets in batches(examples, task):
        tensors = {name: tf.constant(tensor) for name, tensor in inputs.items()}
        losses.append(model.loss(targets, network.module(tensors)) * len(targets))
    outputs = outcome.predict(network, task, examples)
    return {
        "val_loss": float(tf.add_n(losses)) / len(examples),
        f"val_{METRIC}": score(examples.targets, outputs),
    }


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
