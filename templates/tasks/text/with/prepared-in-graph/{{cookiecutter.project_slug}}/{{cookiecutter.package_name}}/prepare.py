"""From texts to the model's input: the one place that does it.

Training calls `prepare`; `graph`, which it calls, becomes part of what is served.
TensorFlow cannot compose characters: accents are expected as keyboards and browsers
give them, in one character with their letter (Unicode's form NFC).
"""

from collections.abc import Iterator, Sequence

import numpy as np
import tensorflow as tf

from .contract import Tensors
from .contract.preprocessing import FIRST, PADDING, UNKNOWN, Preprocessing, learn
from .contract.raw import Columns

SIZES = (2, 3)  # of the parts of a word, in characters
MOST_CHARACTERS = 10_000  # of a text; what comes after them is not read
BATCH = 256  # texts that `fit` splits at a time
LARGEST = 2**63 - 1


def fit(raw: Columns) -> Preprocessing:
    """Return the vocabulary of these texts, which are those that are trained on."""
    return learn(_split(list(raw["text"])))


def _split(texts: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(texts), BATCH):
        batch = tokens(tf.constant(texts[start : start + BATCH]))
        yield from ([token.decode() for token in row] for row in batch.to_list())


def prepare(raw: Columns, how: Preprocessing) -> Tensors:
    """Return the input `tokens`, for texts in the column `text`."""
    inputs = graph([tf.constant(list(raw["text"]), tf.string)], how)
    return {name: tensor.numpy() for name, tensor in inputs.items()}


def raw_specs(_how: Preprocessing) -> list[tf.TensorSpec]:
    """Return the columns that a request has: texts."""
    return [tf.TensorSpec([None], tf.string, name="text")]


def graph(columns: Sequence[tf.Tensor], how: Preprocessing) -> dict[str, tf.Tensor]:
    """Return the numbers of each text's first tokens, then padding.

    They are int64 (batch, length). A text without words is one unknown token.
    """
    numbers = tf.ragged.map_flat_values(look_up, tokens(columns[0]), how)
    rows = numbers.to_tensor(PADDING, shape=(None, how.length))
    first = tf.maximum(rows[:, :1], UNKNOWN)
    return {"tokens": tf.concat([first, rows[:, 1:]], axis=1)}


def tokens(texts: tf.Tensor) -> tf.RaggedTensor:
    """Return each word in lower case, followed by its parts: a word's form tells much.

    A word has a space on either side, so that its parts show where it begins and ends:
    " is ", " i", "is", "s ", " is", "is ". The shape is (batch, tokens of each text).
    """
    read = tf.strings.substr(texts, 0, MOST_CHARACTERS, unit="UTF8_CHAR")
    lower = tf.strings.lower(read, encoding="utf-8")
    words = tf.strings.split(tf.strings.regex_replace(lower, r"\pZ", " "))
    bounded = tf.strings.join([" ", words, " "])  # (batch, words)
    characters = tf.strings.unicode_split(bounded, "UTF-8")
    parts = tf.strings.ngrams(characters, SIZES, separator="")  # (batch, words, parts)
    return tf.concat([bounded[..., tf.newaxis], parts], axis=2).merge_dims(1, 2)


def look_up(found: tf.Tensor, how: Preprocessing) -> tf.Tensor:
    """Return the number of each token, as int64 (tokens,).

    Looked up by hash: what is served then has no table to be filled when it loads.
    """
    with tf.init_scope():  # once, when the graph is made
        hashes = tf.strings.to_hash_bucket_fast(how.vocabulary, LARGEST).numpy()
    order = np.argsort(hashes)
    wanted = tf.strings.to_hash_bucket_fast(found, LARGEST)
    place = tf.searchsorted(hashes[order], wanted)
    nearest = tf.gather(order, tf.minimum(place, len(order) - 1))
    is_known = tf.gather(hashes, nearest) == wanted
    return tf.where(is_known, FIRST + nearest, UNKNOWN)
