"""Pickles, taken apart into opcodes by the standard library; none of them is run."""

import pickletools
from collections.abc import Iterator
from typing import Any

from dlscaffold.models.bytes.bounds import MalformedError

MOST_OPCODES = 500_000  # in a pickle; of a model of ten thousand tensors


def opcodes(data: bytes) -> Iterator[tuple[str, Any]]:
    """Yield name and argument of each opcode of a pickle."""
    try:
        for place, (opcode, argument, _) in enumerate(pickletools.genops(data)):
            if place > MOST_OPCODES:
                raise MalformedError(f"a pickle in it has over {MOST_OPCODES:,} parts")
            yield opcode.name, argument
    except MalformedError:
        raise
    except (ValueError, OverflowError) as error:  # what `pickletools` raises
        raise MalformedError("a pickle in it is damaged") from error
