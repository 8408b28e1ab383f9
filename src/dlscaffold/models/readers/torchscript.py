"""TorchScript archives, those of the lite interpreter too, from their source text.

The code in the archive is text, searched with regular expressions; the pickles in it
are taken apart into opcodes, and none of them is run.
"""

from __future__ import annotations

import ast
import pickletools
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from dlscaffold.errors import listed
from dlscaffold.models.bytes.bounds import MalformedError
from dlscaffold.models.bytes.zip_archive import LARGEST_TEXT, Archive, opened
from dlscaffold.models.description import Contents, Signature, Source, Tensor, distinct
from dlscaffold.models.values import as_name

OPERATOR = re.compile(r"\b(?:torch|ops\.\w+)\.(?!nn\b)\w+(?=\()")
# What a request can become, and an answer be made of; PyTorch makes scalars of tensors.
TAKEN = {"Tensor", "Optional[Tensor]", "int", "float", "bool"}
GIVEN = {"Tensor"}
MOST_OPCODES = 500_000  # in a pickle; of a model of ten thousand tensors
KEPT = 8  # opcodes before a storage's end that say what it is
CLASS = r"^class {}\(Module\):$(.*?)(?=^class |\Z)"
FORWARD = "  def forward(self: "
LONGEST_FORWARD = 20_000  # characters of its arguments and result
SCALARS = {"int": "int64", "float": "float64", "bool": "bool"}


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
        parts = opcodes(archive.read("bytecode.pkl")) if bytecode else ()
        # The first number, but for that of the pickle's own protocol.
        numbers = (one for name, one in parts if name != "PROTO")
        version = next((one for one in numbers if isinstance(one, int)), None)
    forward = forward_of(code, root_class(data))
    notes = ["the file does not say dtypes and shapes"] if forward else []
    if version is not None:
        notes.append(f"bytecode version {version}")
    calls = (call.group() for text in code.values() for call in OPERATOR.finditer(text))
    return Contents(
        signatures=(forward.signature,) if forward else (),
        writer="pytorch",
        parameters=weights,
        operators=Counter(calls),
        argument_types=frozenset(forward.takes.values() if forward else ()),
        notes=tuple(notes),
        obstacles=tuple(obstacles(forward)),
    )


def obstacles(forward: Forward | None) -> Iterator[str]:
    """Yield why no request can be made of the model."""
    if forward is None:
        yield "it has no forward method: save a module with one"
    elif odd := [*({*forward.takes.values()} - TAKEN), *({*forward.gives} - GIVEN)]:
        names = listed(sorted(odd))
        yield f"it takes or gives {names}: save it with tensors or tuples of them only"


def code_members(archive: Archive) -> Iterator[tuple[str, str]]:
    """Yield path and text of each source file, in total no more than one may have."""
    left = LARGEST_TEXT
    for name in archive.members:
        path = name.partition("/")[2]
        if path.startswith("code/") and path.endswith(".py"):
            data = archive.read_member(name, left)
            left -= len(data)
            yield path, data.decode("utf-8", "replace")


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


def root_class(data: bytes) -> tuple[str, str]:
    """Return module and name of the class of the model itself."""
    for name, argument in opcodes(data):
        if name == "GLOBAL":
            module, _, kind = str(argument).rpartition(" ")
            if module.startswith("__torch__"):
                return module, as_name(kind, "class")
    raise MalformedError("it holds no module")


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

    Parsed as Python, which it is: a pattern takes minutes where nothing fits.
    """
    line = text.partition(":\n")[0]
    try:
        (function,) = ast.parse(f"def forward(self: {line}: pass").body
        if not isinstance(function, ast.FunctionDef) or not function.returns:
            return None
        types = {
            as_name(argument.arg, "argument"): ast.unparse(argument.annotation)
            for argument in function.args.args[1:]  # after the model itself
            if argument.annotation
        }
        return Forward(types, list(flat(function.returns)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def flat(kind: ast.expr) -> Iterator[str]:
    """Yield the types in a tuple and in the tuples in it, or the one type."""
    if not isinstance(kind, ast.Subscript) or ast.unparse(kind.value) != "Tuple":
        yield ast.unparse(kind)
        return
    inner = kind.slice
    for part in inner.elts if isinstance(inner, ast.Tuple) else [inner]:
        yield from flat(part)
