"""TorchScript archives, those of the lite interpreter too, from their source text.

The code in the archive is text, searched with regular expressions; the pickles in it
are taken apart into opcodes, and none of them is run.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from dlscaffold.models.bytes.bounds import MalformedError
from dlscaffold.models.bytes.pickles import opcodes
from dlscaffold.models.bytes.zip_archive import LARGEST_TEXT, Archive, opened
from dlscaffold.models.description import Contents, Source
from dlscaffold.models.readers.torchscript_code import forward_of
from dlscaffold.models.values import as_name, listed

OPERATOR = re.compile(r"\b(?:torch|ops\.\w+)\.(?!nn\b)\w+(?=\()")
# What a request can become, and an answer be made of; PyTorch makes scalars of tensors.
TAKEN = {"Tensor", "Optional[Tensor]", "int", "float", "bool"}
GIVEN = {"Tensor"}
KEPT = 8  # opcodes before a storage's end that say what it is


def read(source: Source) -> Contents:
    """Return what the archive says; the weights in it are not read."""
    with opened(source.path) as archive:
        data = archive.read("data.pkl")
        # A frozen model has its weights among the constants; else those are no weights.
        weights = stored_elements(data)
        if not weights and archive.find("constants.pkl"):
            weights = stored_elements(archive.read("constants.pkl"))
        code = dict(code_members(archive))
        bytecode = archive.find("bytecode.pkl")
        version = first_number(archive.read("bytecode.pkl")) if bytecode else None
    forward = forward_of(code, root_class(data))
    notes = ["the file does not say dtypes and shapes"] if forward else []
    if version is not None:
        notes.append(f"bytecode version {version}")
    calls = (call.group() for text in code.values() for call in OPERATOR.finditer(text))
    takes = frozenset(forward.takes.values()) if forward else frozenset()
    gives = frozenset(forward.gives) if forward else frozenset()
    odd = [*(takes - TAKEN), *(gives - GIVEN)]
    obstacles = [] if forward else ["it has no forward method: save a module with one"]
    if odd:
        obstacles.append(
            f"its inputs or outputs are {listed(odd)}: save it with tensors, or tuples "
            "of them, only"
        )
    return Contents(
        signatures=(forward.signature,) if forward else (),
        writer="pytorch",
        parameters=weights,
        operators=Counter(calls),
        argument_types=takes,
        notes=tuple(notes),
        obstacles=tuple(obstacles),
    )


def code_members(archive: Archive) -> Iterator[tuple[str, str]]:
    """Yield path and text of each source file, in total no more than one may have."""
    left = LARGEST_TEXT
    for name in archive.members:
        path = name.partition("/")[2]
        if path.startswith("code/") and path.endswith(".py"):
            data = archive.read_member(name, left)
            left -= len(data)
            yield path, data.decode("utf-8", "replace")


def root_class(data: bytes) -> tuple[str, str]:
    """Return module and name of the class of the model itself."""
    for name, argument in opcodes(data):
        if name == "GLOBAL":
            module, _, kind = str(argument).rpartition(" ")
            if module.startswith("__torch__"):
                return module, as_name(kind, "class")
    raise MalformedError("it holds no module")


def first_number(data: bytes) -> int | None:
    """Return the first number in a pickle, which is the bytecode's version."""
    for name, argument in opcodes(data):
        if name != "PROTO" and isinstance(argument, int):
            return argument
    return None


def stored_elements(data: bytes) -> int:
    """Return the number of elements in the tensors that a pickle refers to.

    A reference is `("storage", type, key, device, elements)`; tensors may share one.
    """
    memo: dict[int, Any] = {}
    recent: list[Any] = [None] * KEPT
    found: dict[Any, int] = {}
    for name, argument in opcodes(data):
        if name in ("BINPUT", "LONG_BINPUT"):
            memo[argument] = recent[-1]
        elif name in ("BINGET", "LONG_BINGET"):
            recent = [*recent[1:], memo.get(argument)]
        elif name == "BINPERSID":
            # Then comes the tuple's own end, which has no argument.
            said = [None] * 3 + [one for one in recent if one is not None]
            key, _, elements = said[-3:]
            if isinstance(elements, int) and elements >= 0:
                found[key] = elements
        elif argument is not None:
            recent = [*recent[1:], argument]
    return sum(found.values())
