"""The columns of a table as the signature `raw` has them."""

import re
import unicodedata

import numpy as np

from .preprocessing import Preprocessing
from .raw import Columns


def served(raw: Columns, how: Preprocessing) -> Columns:
    """Return raw values as a request has them: NaN and "" for what is missing."""
    return {
        name: raw[column].astype(np.float32 if column in how.numbers else str)
        for column, name in served_names(how).items()
    }


def served_names(how: Preprocessing) -> dict[str, str]:
    """Return the name that each column has in the signature, its own where possible.

    TensorFlow takes letters of ASCII, digits and underscores, and no two names that
    differ in case alone.
    """
    names: dict[str, str] = {}
    taken = {"self"}
    for column in [*how.numbers, *how.categories]:
        plain = unicodedata.normalize("NFKD", column).encode("ascii", "ignore").decode()
        plain = re.sub(r"\W+", "_", plain).strip("_")
        plain = plain if plain[:1].isalpha() else f"column_{plain}".rstrip("_")
        name, number = plain, 1
        while name.lower() in taken:
            number += 1
            name = f"{plain}_{number}"
        taken.add(name.lower())
        names[column] = name
    return names
