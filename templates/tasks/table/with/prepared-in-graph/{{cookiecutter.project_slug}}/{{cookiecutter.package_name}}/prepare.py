"""From rows to the model's inputs: the one place that does it.

Training calls `prepare`; `graph`, which it calls, becomes part of what is served.
"""

from collections.abc import Sequence

import tensorflow as tf

from .contract import Tensors
from .contract.columns import served, served_names
from .contract.preprocessing import Preprocessing, fit
from .contract.raw import Columns

__all__ = ["fit", "graph", "prepare", "raw_specs"]

FARTHEST = 10  # deviations from the mean; what lies beyond counts as that


def prepare(raw: Columns, how: Preprocessing) -> Tensors:
    """Return the inputs by name, for raw values by column."""
    columns = [tf.constant(values) for values in served(raw, how).values()]
    return {name: tensor.numpy() for name, tensor in graph(columns, how).items()}


def raw_specs(how: Preprocessing) -> list[tf.TensorSpec]:
    """Return the columns that a request has: numbers, then texts."""
    return [
        tf.TensorSpec([None], tf.float32 if name in how.numbers else tf.string, served)
        for name, served in served_names(how).items()
    ]


def graph(columns: Sequence[tf.Tensor], how: Preprocessing) -> dict[str, tf.Tensor]:
    """Return `numbers` and `categories`, or the one of them that the table has."""
    given = dict(zip([*how.numbers, *how.categories], columns, strict=True))
    inputs = {}
    if how.numbers:
        inputs["numbers"] = scale(given, how)
    if how.categories:
        inputs["categories"] = look_up(given, how)
    return inputs


def scale(columns: dict[str, tf.Tensor], how: Preprocessing) -> tf.Tensor:
    """Return the scaled numbers, then 1 for each that is missing: (rows, width)."""
    values = tf.stack([columns[name] for name in how.numbers], axis=1)
    mean, deviation = (
        tf.constant([column[key] for column in how.numbers.values()])
        for key in ("mean", "deviation")
    )
    scaled = tf.clip_by_value((values - mean) / deviation, -FARTHEST, FARTHEST)
    scaled = tf.where(tf.math.is_nan(values), 0.0, scaled)
    missing = [tf.math.is_nan(columns[name]) for name in how.indicated]
    return tf.concat(
        [scaled, *(tf.cast(one, tf.float32)[:, tf.newaxis] for one in missing)], 1
    )


def look_up(columns: dict[str, tf.Tensor], how: Preprocessing) -> tf.Tensor:
    """Return the index of each category: (rows, columns).

    Each column has its own indices, the first for what is missing, rare or unknown.
    """
    indices, first = [], 0
    for name, known in how.categories.items():
        same = tf.cast(columns[name][:, tf.newaxis] == known, tf.int64)
        places = tf.range(1, len(known) + 1, dtype=tf.int64)
        indices.append(first + tf.reduce_sum(same * places, axis=1))
        first += 1 + len(known)
    return tf.stack(indices, axis=1)
