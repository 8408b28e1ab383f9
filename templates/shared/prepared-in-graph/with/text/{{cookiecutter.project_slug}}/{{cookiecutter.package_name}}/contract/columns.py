"""Raw values as the signature `raw` has them."""

from .preprocessing import Preprocessing
from .raw import Columns


def served(raw: Columns, _how: Preprocessing) -> Columns:
    """Return raw values as a request has them: as they are."""
    return raw
