"""From texts to the model's input: the one place that does it.

Training, export, client and service call `prepare`.
"""

import unicodedata
from collections.abc import Iterator
from itertools import islice

import numpy as np

from .contract import Tensors
from .contract.preprocessing import PADDING, UNKNOWN, Preprocessing, learn
from .contract.raw import Columns, RawError

SIZES = (2, 3)  # of the parts of a word, in characters
MOST_CHARACTERS = 10_000  # of a text; what comes after them is not read


def fit(raw: Columns) -> Preprocessing:
    """Return the vocabulary of these texts, which are those that are trained on."""
    return learn(list(tokens(text)) for text in raw["text"])


def prepare(raw: Columns, how: Preprocessing) -> Tensors:
    """Return the input `tokens`: the numbers of each text's first tokens, then padding.

    It is int64 (count, length). A text without words is one unknown token. Raises
    RawError for what is no text.
    """
    rows = np.full((len(raw["text"]), how.length), PADDING, np.int64)
    for row, text in zip(rows, raw["text"], strict=True):
        if not isinstance(text, str):
            raise RawError("The text must be a string.")
        first = islice(tokens(text), how.length)
        numbers = [how.numbers.get(token, UNKNOWN) for token in first] or [UNKNOWN]
        row[: len(numbers)] = numbers
    return {"tokens": rows}


def tokens(text: str) -> Iterator[str]:
    """Yield each word in lower case, followed by its parts: a word's form tells much.

    A word has a space on either side, so that its parts show where it begins and ends:
    " is ", " i", "is", "s ", " is", "is ".
    """
    composed = unicodedata.normalize("NFC", text[:MOST_CHARACTERS])
    for word in composed.lower().split():
        bounded = f" {word} "
        yield bounded
        for size in SIZES:
            for start in range(len(bounded) - size + 1):
                yield bounded[start : start + size]
