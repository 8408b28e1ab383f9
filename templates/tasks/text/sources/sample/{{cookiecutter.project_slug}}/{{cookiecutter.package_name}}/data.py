"""The data to train on. Replace `read` with your own; the rest of the project follows.

Here: names of countries, regions and languages, each in the language that it is from,
as Unicode's Common Locale Data Repository has them. https://cldr.unicode.org
"""

import numpy as np
from babel import Locale

from .contract.dataset import Dataset, Examples, split
from .contract.raw import column

LANGUAGES = {
    "cs": "Czech",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fi": "Finnish",
    "fr": "French",
    "hu": "Hungarian",
    "it": "Italian",
    "pl": "Polish",
    "tr": "Turkish",
}


def read() -> Examples:
    """Return every name that only one of the languages has, and its language."""
    languages: dict[str, list[int]] = {}
    for number, code in enumerate(LANGUAGES):
        locale = Locale(code)
        names = {*locale.territories.values(), *locale.languages.values()}
        for name in sorted(names):
            languages.setdefault(name, []).append(number)
    found = {
        name: numbers[0] for name, numbers in languages.items() if len(numbers) == 1
    }
    targets = np.array([*found.values()], np.int64)
    return Examples({"text": column(found)}, targets, [*LANGUAGES.values()])


def load() -> Dataset:
    """Return the examples in three parts, for training, watching it, and testing."""
    return split(read())
