"""A model that somebody already has, and what a project takes of it.

Nothing of the model is executed here: what it takes and gives is read by `inspect`, and
its files are copied, or named where they are large.
"""

from __future__ import annotations

import ast
import hashlib
import json
import math
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from dlscaffold import catalog
from dlscaffold.catalog import Cell, Layer, Target
from dlscaffold.errors import ScaffoldError, UsageError
from dlscaffold.inspect.description import Description, Tensor
from dlscaffold.inspect.identify import describe

# Above this a project names the model where it lies, instead of holding a copy.
CARRIED_BYTES = 100_000_000
FOLDER = "models"
DIGITS = 25  # of a number as JSON, at most, with its comma
# What numpy's files may hold: numbers, booleans and text, and never objects, which are
# pickled.
ARRAY_MAGIC = b"\x93NUMPY"
KINDS = {
    "b": "bool",
    "i": "int",
    "u": "uint",
    "f": "float",
    "U": "string",
    "S": "string",
}
SIZED = ("int", "uint", "float")
JSON_DTYPES = {bool: "bool", int: "int64", float: "float32", str: "string"}
BROKEN = (OSError, ValueError, KeyError, TypeError, RecursionError)
EXAMPLES = (".npy", ".npz", ".json")


@dataclass(frozen=True)
class Given:
    """A model, its description, and the user's own examples for it, if any."""

    path: Path
    description: Description
    examples: Path | None = None
    trust: bool = False

    @property
    def framework(self) -> str | None:
        """The framework layer that models of this kind are trained in, if one."""
        return catalog.origin(self.description.layer).topic

    @property
    def is_carried(self) -> bool:
        """Whether the project holds a copy."""
        return self.description.size <= CARRIED_BYTES

    @property
    def copies(self) -> dict[str, Path]:
        """What is copied into the project: where to, and from where."""
        files = {name: self._folder / name for name in self._names}
        copied = files if self.is_carried else {}
        if self.examples:
            copied = {**copied, self._examples_name: self.examples}
        return {f"{FOLDER}/{name}": source for name, source in copied.items()}

    def copy_to(self, project: Path) -> None:
        """Copy the model's files into a project."""
        for name, source in self.copies.items():
            destination = project / name
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, destination)

    @property
    def _examples_name(self) -> str:
        return f"examples{self.examples.suffix.lower()}" if self.examples else ""

    @property
    def _folder(self) -> Path:
        return self.path.parent

    @property
    def _names(self) -> list[str]:
        files = [self.path] if self.path.is_file() else sorted(self.path.rglob("*"))
        own = [file for file in files if file.is_file() or file.is_symlink()]
        names = [file.relative_to(self._folder).as_posix() for file in own]
        return [*names, *self.description.external_files]

    @property
    def context(self) -> dict[str, object]:
        """What the templates are told of it; `_model` becomes `models/model.json`."""
        where = self.path.name if self.is_carried else str(self.path.resolve())
        return {
            "_model": {
                "path": where,
                "sha256": digest(self.path),
                "inputs": [_as_dict(tensor) for tensor in self.description.inputs],
                "outputs": [tensor.name for tensor in self.description.outputs],
            },
            "_model_name": self.path.name,
            "_model_is_carried": self.is_carried,
            "_examples": self._examples_name,
            "_body_limit": body_limit(self.description.inputs),
            "_trust": self.trust,
        }


def read(
    path: Path, *, examples: Path | None, python: str | None, trust: bool
) -> Given:
    """Return the model at a path, ready to generate a project for.

    Raises ScaffoldError or UsageError where there is none, where it cannot be copied
    whole, or where its inputs are not known and no examples show them.
    """
    found = describe(path, python=python, trust=trust)
    given = Given(Path(found.path), found, examples, trust)
    refuse_links(replace(given, examples=None))
    if not found.inputs:
        raise UsageError(f"{path} does not say what it takes, so it cannot be served.")
    if examples:
        inputs = complete(found.inputs, read_examples(given))
        return replace(given, description=replace(found, inputs=inputs))
    if any(tensor.dtype is None or tensor.shape is None for tensor in found.inputs):
        raise UsageError(
            f"{path} does not say the shapes of its inputs, so give examples of them: "
            "--examples X.npz (or .npy, .json)."
        )
    return given


def refuse_links(given: Given) -> None:
    """Raise ScaffoldError if part of the model is elsewhere, or no file at all."""
    for file in given.copies.values():
        if file.is_symlink() or not file.is_file():
            raise ScaffoldError(
                f"{file} is not a file of the model's own: copy the model, with what "
                "it links to, into one folder and name it there."
            )


def find_cell(given: Given, target_name: str, format_name: str | None) -> Cell:
    """Return the combination of the model's kind and a target.

    Raises UsageError, with the reason and what fits, where they do not fit.
    """
    fit = next(f for f in given.description.targets if f.target == target_name)
    if fit.format is None:
        raise UsageError(
            f"{given.path.name} does not fit --target {target_name}: {fit.because}; "
            f"{_fitting(given)}."
        )
    target = Target(catalog.templates_root() / "targets" / target_name)
    able = [name for name in target.consumes if name in fit.formats]
    if format_name and format_name not in able:
        raise UsageError(
            f"{given.path.name} with {target.title} cannot use the format "
            f"{format_name}; use --format {' or --format '.join(able)}."
        )
    examples = "own-examples" if given.examples else "drawn-examples"
    extra = Layer(catalog.templates_root() / "shared" / examples)
    chosen = catalog.format_layer(format_name or fit.format)
    return Cell(
        catalog.origin(given.description.layer), target, chosen, extras=(extra,)
    )


def _fitting(given: Given) -> str:
    names = fitting(given.description)
    return f"use --target {' or '.join(names)}" if names else "no target fits it"


def fitting(description: Description) -> list[str]:
    """Return the names of the targets that fit."""
    return [fit.target for fit in description.targets if fit.format]


def body_limit(inputs: tuple[Tensor, ...]) -> int:
    """Return the bytes that a request may have: for sixteen examples, at least 1 MB."""
    numbers = sum(
        math.prod(size if isinstance(size, int) else 1 for size in one.shape or ())
        for one in inputs
    )
    return max(1_000_000, 16 * numbers * DIGITS)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, or of a folder's file names and contents.

    The same as the generated project's `contract.digest`.
    """
    if path.is_file():
        with path.open("rb") as file:
            return _digest(file)
    total = hashlib.sha256()
    for part in sorted(part for part in path.rglob("*") if part.is_file()):
        total.update(part.relative_to(path).as_posix().encode() + b"\0")
        total.update(digest(part).encode())
    return total.hexdigest()


def _digest(file: IO[bytes]) -> str:
    total = hashlib.sha256()
    while block := file.read(2**20):
        total.update(block)
    return total.hexdigest()


def _as_dict(tensor: Tensor) -> dict[str, Any]:
    shape = None if tensor.shape is None else list(tensor.shape)
    dtype = "str" if tensor.dtype == "string" else tensor.dtype
    return {"name": tensor.name, "dtype": dtype, "shape": shape}


def complete(
    inputs: tuple[Tensor, ...], examples: dict[str, Tensor]
) -> tuple[Tensor, ...]:
    """Return the inputs with what the model does not say of them taken from examples.

    There the first dimension counts the examples, so that it is taken to be free.
    """
    return tuple(_completed(one, examples[one.name]) for one in inputs)


def _completed(declared: Tensor, example: Tensor) -> Tensor:
    if declared.shape is None and example.shape:
        example = replace(example, shape=(None, *example.shape[1:]))
    return Tensor(
        declared.name,
        declared.dtype or example.dtype,
        example.shape if declared.shape is None else declared.shape,
    )


def read_examples(given: Given) -> dict[str, Tensor]:
    """Return what the user's examples are like; raises UsageError if they do not fit.

    That is one array for each input.
    """
    path, inputs = given.examples or Path(), given.description.inputs
    names = {tensor.name for tensor in inputs}
    try:
        found = {array.name: array for array in _arrays(path, inputs)}
    except (*BROKEN, zipfile.BadZipFile) as error:
        raise UsageError(
            f"{path} cannot be used ({error}): give --examples an .npz or .json file "
            f"with an array for each of {', '.join(sorted(names))}."
        ) from error
    if set(found) != names:
        raise UsageError(
            f"{path} has arrays for {', '.join(sorted(found)) or 'nothing'}, but the "
            f"model takes {', '.join(sorted(names))}: name them so."
        )
    return found


def _arrays(path: Path, inputs: tuple[Tensor, ...]) -> Iterator[Tensor]:
    """Yield what is known of the arrays in a file; one alone is the only input."""
    suffix = path.suffix.lower()
    if suffix not in EXAMPLES:
        raise ValueError("it is no .npy, .npz or .json file")
    if suffix == ".json":
        fields = json.loads(path.read_text("utf-8"))
        if not isinstance(fields, dict):
            raise ValueError("it holds no object of arrays by name")
        for name, values in fields.items():
            yield _nested(name, values)
    elif suffix == ".npz":
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                with archive.open(name) as file:
                    yield _array(name.removesuffix(".npy"), file)
    else:
        if len(inputs) != 1:
            raise ValueError("it holds one array, but the model has several inputs")
        with path.open("rb") as file:
            yield _array(inputs[0].name, file)


def _nested(name: str, values: Any) -> Tensor:
    """Return the shape of nested lists, and the dtype that their first number has."""
    shape: list[int | str | None] = []
    while isinstance(values, list) and values:
        shape.append(len(values))
        values = values[0]
    return Tensor(name, JSON_DTYPES.get(type(values)), tuple(shape))


def _array(name: str, file: IO[bytes]) -> Tensor:
    """Return dtype and shape of an array in numpy's format.

    Raises ValueError if it holds anything but plain values.
    """
    start = file.read(8)
    if not start.startswith(ARRAY_MAGIC):
        raise ValueError("it is not in numpy's format")
    size = int.from_bytes(file.read(4 if start[6:7] >= b"\2" else 2), "little")
    header = file.read(min(size, 10_000))
    try:
        described = ast.literal_eval(header.decode("latin-1").strip())
    except (SyntaxError, MemoryError, RecursionError) as error:
        raise ValueError("its header is damaged") from error
    code = str(described["descr"])
    if code[1:2] not in KINDS:
        raise ValueError("it holds pickled objects")
    shape = [int(size) for size in described["shape"]]
    return Tensor(name, _dtype(code), tuple(shape))


def _dtype(code: str) -> str:
    """Return the name of numpy's code for a dtype, such as `<f4`."""
    kind = KINDS[code[1]]
    return f"{kind}{8 * int(code[2:])}" if kind in SIZED else kind
