"""What the source text of a TorchScript module says of its `forward` method."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from dlscaffold.models.description import Signature, Tensor, distinct
from dlscaffold.models.values import as_name

CLASS = r"^class {}\(Module\):$(.*?)(?=^class |\Z)"
FORWARD = "  def forward(self: "
LONGEST_FORWARD = 20_000  # characters of its arguments and result
DEEPEST = 20  # tuples in tuples that are looked into
SCALARS = {"int": "int64", "float": "float64", "bool": "bool"}


class Forward(NamedTuple):
    """The types of a `forward`: of its arguments by name, and of its results."""

    takes: dict[str, str]
    gives: list[str]

    @property
    def signature(self) -> Signature:
        """The same as tensors."""
        inputs = tuple(tensor(name, kind) for name, kind in self.takes.items())
        named = ((f"output_{place}", kind) for place, kind in enumerate(self.gives))
        outputs = (tensor(name, kind) for name, kind in named)
        return Signature("forward", inputs, tuple(distinct(outputs, inputs)))


def tensor(name: str, kind: str) -> Tensor:
    """Return an argument or result of a type; of a Tensor no more is known."""
    dtype = SCALARS.get(kind)
    return Tensor(name, dtype, () if dtype else None)


def forward_of(code: Mapping[str, str], root: tuple[str, str]) -> Forward | None:
    """Return the types of the model's `forward`, where it has one.

    `code` has the texts of source files by path, `root` module and name of the class.
    """
    module, kind = root
    source = code.get(f"code/{module.replace('.', '/')}.py", "")
    body = re.search(CLASS.format(re.escape(kind)), source, re.M | re.S)
    start = body.group(1).find(FORWARD) if body else -1
    if body is None or start < 0:
        return None
    return header(body.group(1)[start + len(FORWARD) :][:LONGEST_FORWARD])


def header(text: str) -> Forward | None:
    """Return the types in what follows `forward(self: `, up to the `:` of a line's end.

    Not by a pattern with several open ends, which takes minutes where nothing fits.
    """
    line, ended, _ = text.partition(":\n")
    takes, arrow, gives = line.rpartition(") -> ")
    if not ended or not arrow or "\n" in gives:
        return None
    _, _, others = takes.partition(",")  # after the model itself
    arguments = (part.partition(":") for part in split(others) if part)
    types = {
        as_name(name.strip(), "argument"): kind.partition("=")[0].strip()
        for name, _, kind in arguments
    }
    return Forward(types, list(flat(gives)))


def flat(kind: str, depth: int = DEEPEST) -> Iterator[str]:
    """Yield the types in a tuple and in the tuples in it, or the one type."""
    inner = re.fullmatch(r"Tuple\[(.*)\]", kind, re.S)
    if not inner or not depth:
        yield kind
        return
    for part in split(inner.group(1)):
        yield from flat(part, depth - 1)


def split(text: str) -> list[str]:
    """Split at the commas that are in no brackets."""
    depth, found = 0, [""]
    for character in text:
        depth += (character in "[(") - (character in "])")
        if character == "," and depth == 0:
            found.append("")
        else:
            found[-1] += character
    return [part.strip() for part in found]
