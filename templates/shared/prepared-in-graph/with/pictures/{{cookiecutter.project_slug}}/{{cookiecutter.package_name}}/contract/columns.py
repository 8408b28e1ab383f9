"""Raw values as the signature `raw` has them."""

from .preprocessing import Preprocessing
from .raw import Columns, column, to_bytes


def served(raw: Columns, _how: Preprocessing) -> Columns:
    """Return raw values as a request has them: the contents of files."""
    return {name: column(map(to_bytes, files)) for name, files in raw.items()}
