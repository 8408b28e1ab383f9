"""The vocabulary: which tokens the model knows, as the signature holds them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

PADDING, UNKNOWN = 0, 1  # numbers of no token, and of tokens that are not known
FIRST = 2  # the number of the vocabulary's first token

MOST_TOKENS = 20_000  # in the vocabulary
SHORTEST, LONGEST = 16, 2_000  # tokens of a text
USUAL = 95  # percent of the texts are not cut


@dataclass(frozen=True)
class Preprocessing:
    """The known tokens, the most frequent first, and how many of a text are taken."""

    vocabulary: list[str]
    length: int

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each known token."""
        return {token: FIRST + place for place, token in enumerate(self.vocabulary)}

    @property
    def size(self) -> int:
        """How many numbers there are, for an embedding."""
        return FIRST + len(self.vocabulary)


def learn(texts: Iterable[list[str]]) -> Preprocessing:
    """Return the vocabulary of texts, each given as its tokens."""
    counts: Counter[str] = Counter()
    lengths = []
    for tokens in texts:
        counts.update(tokens)
        lengths.append(len(tokens))
    # A token that occurs once teaches little; from it, the network learns what to make
    # of unknown ones.
    known = [token for token in counts if counts[token] > 1]
    known.sort(key=lambda token: (-counts[token], token))
    usual = int(np.percentile(lengths, USUAL))
    return Preprocessing(known[:MOST_TOKENS], min(max(usual, SHORTEST), LONGEST))
