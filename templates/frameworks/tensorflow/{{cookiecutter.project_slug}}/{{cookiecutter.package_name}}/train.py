"""Train the network with a loop of our own, save it, and write the reports.

High-level parts where they fit (`tf.data`, the optimizer, the loss), low-level where it
teaches something: the forward pass in model.py, and the gradient step here.
"""

import argparse

import tensorflow as tf
from tqdm import tqdm

from . import data, model
from .evaluation import report
from .settings import MODELS, REPORTS, SEED

BATCH_SIZE = 64
DROPOUT = 0.3

loss_of = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def train(epochs: int, seed: int) -> float:
    """Train from scratch and return the accuracy on held-out examples."""
    tf.keras.utils.set_random_seed(seed)
    digits = data.load()
    batches = pipeline(digits.train, seed)
    network = model.build()
    optimizer = tf.keras.optimizers.Adam(2e-3)
    history = report.History()
    for _ in tqdm(range(epochs), unit="epoch"):
        for images, labels in batches:
            train_step(network, optimizer, images, labels)
        trained = evaluate(network, digits.train)
        history.add(trained, evaluate(network, digits.validation))
    model.save(network, MODELS)
    probabilities = model.predict(network, digits.test.images)
    return report.write(REPORTS, history, digits.test, probabilities, data.LABELS)


def pipeline(split: data.Split, seed: int) -> tf.data.Dataset:
    """Return batches in a new order each epoch, prepared while the last one trains."""
    examples = tf.data.Dataset.from_tensor_slices(tuple(split))
    shuffled = examples.shuffle(len(split.labels), seed=seed)
    return shuffled.batch(BATCH_SIZE).prefetch(tf.data.AUTOTUNE)


@tf.function
def train_step(
    network: model.DigitClassifier,
    optimizer: tf.keras.optimizers.Optimizer,
    images: tf.Tensor,
    labels: tf.Tensor,
) -> None:
    """Take one gradient step; compiled into a graph on its first call."""
    with tf.GradientTape() as tape:
        loss = loss_of(labels, network.logits(images, DROPOUT))
    gradients = tape.gradient(loss, network.trainable_variables)
    optimizer.apply_gradients(zip(gradients, network.trainable_variables, strict=True))


def evaluate(network: model.DigitClassifier, split: data.Split) -> tuple[float, float]:
    """Return the mean loss and the accuracy, from 0 to 1."""
    logits = network.logits(tf.constant(split.images))
    hits = tf.argmax(logits, axis=1) == split.labels
    accuracy = tf.reduce_mean(tf.cast(hits, tf.float32))
    return float(loss_of(split.labels, logits)), float(accuracy)


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
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--debug", action="store_true", help=debug.__doc__)
    options = parser.parse_args()
    if options.epochs < 1 or not 0 <= options.seed < 2**32:
        parser.error("--epochs is at least 1, and --seed from 0 to 4294967295")
    if options.debug:
        debug()
    accuracy = train(options.epochs, options.seed)
    print(f"Accuracy on held-out examples: {accuracy:.1%}; reports in {REPORTS}")


if __name__ == "__main__":
    main()
