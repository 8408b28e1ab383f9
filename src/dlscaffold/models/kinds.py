"""The kinds of model files, as `kinds.toml` lists them, and SavedModel folders."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dlscaffold.toml import read_toml

ZIP = b"PK\3\4"


@dataclass(frozen=True)
class Kind:
    """A format: how its files are recognized, and which reader reads them."""

    name: str
    reader: str
    title: str
    start: str = ""
    member: str = ""
    suffix: str = ""
    needs_framework: bool = False

    def matches(self, head: bytes, suffix: str, members: Iterable[str]) -> bool:
        """Whether a file that starts like this, with these members, is of this kind."""
        return (
            self.suffix in ("", suffix)
            and bool(re.match(self.start, head.decode("latin-1"), re.S))
            and (not self.member or any(map(self.is_member, members)))
        )

    def is_member(self, name: str) -> bool:
        """Whether a member of an archive is the one that such archives have."""
        return bool(re.fullmatch(self.member, name))


SAVED_MODEL_FILE = "saved_model.pb"  # in a folder
SAVED_MODEL = Kind("saved-model", "saved_model", "SavedModel")
FILES = [Kind(**row) for row in read_toml(Path(__file__).with_suffix(".toml"))["kind"]]
