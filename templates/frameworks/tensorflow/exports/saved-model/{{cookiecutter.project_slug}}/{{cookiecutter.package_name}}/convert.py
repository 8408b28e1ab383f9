"""Write the serving graph as a SavedModel."""

from pathlib import Path

import tensorflow as tf

from .model import DigitClassifier


def write_artifact(network: DigitClassifier, path: Path) -> None:
    """Write the graph as the signature `serving_default`, with its variables."""
    signatures = {"serving_default": network.serve}
    tf.saved_model.save(network, str(path), signatures=signatures)
