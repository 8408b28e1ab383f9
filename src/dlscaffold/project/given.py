"""A model that exists already, and what a project needs of it.

Nothing in the model is executed here: `inspect` reads its inputs and outputs, and its
files are copied, or referred to by path where they are large.
"""

import math
import os
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dlscaffold.digest import digest
from dlscaffold.errors import ScaffoldError, UsageError, listed
from dlscaffold.layers.catalog import Catalog, Cell
from dlscaffold.models import examples
from dlscaffold.models.description import Description, Tensor
from dlscaffold.models.identify import describe

# A larger model is not copied: the project refers to it by its path.
CARRIED_BYTES = 100_000_000
FOLDER = "models"
DIGITS = 25  # of a number as JSON, at most, with its comma
LEAST_BODY, MOST_BODY = 1_000_000, 64_000_000  # bytes; one example fits in any case
DESCRIPTION = "model.json"


@dataclass(frozen=True)
class Given:
    """A model, its description, and the user's own examples for it, if any."""

    path: Path
    description: Description
    examples: Path | None = None
    trust: bool = False
    python: str | None = None
    body_limit: int = 0

    @property
    def options(self) -> list[str]:
        """The options of `new` that select it."""
        words = ["--model", str(self.path)]
        words += ["--examples", str(self.examples)] if self.examples else []
        words += ["--python", self.python] if self.python else []
        return [*words, *(["--trust"] if self.trust else [])]

    @property
    def is_carried(self) -> bool:
        """Whether the project contains a copy."""
        return self.description.size <= CARRIED_BYTES

    @property
    def copies(self) -> dict[str, Path]:
        """The files to copy: path in the project, and source."""
        files = {name: self.path.parent / name for name in self.names}
        copied = files if self.is_carried else {}
        if self.examples:
            copied = {**copied, self.examples_name: self.examples}
        return {f"{FOLDER}/{name}": source for name, source in copied.items()}

    @property
    def examples_name(self) -> str:
        """What the user's examples are called in the project."""
        return f"examples{self.examples.suffix.lower()}" if self.examples else ""

    @property
    def names(self) -> list[str]:
        """The model's files, relative to the folder that it is in."""
        files = [self.path] if self.path.is_file() else sorted(self.path.rglob("*"))
        own = [file for file in files if file.is_file() or file.is_symlink()]
        names = [file.relative_to(self.path.parent).as_posix() for file in own]
        return [*names, *self.description.external_files]

    @property
    def context(self) -> dict[str, object]:
        """The values for the templates; `_model` becomes `models/model.json`."""
        where = self.path.name if self.is_carried else str(self.path.resolve())
        return {
            "_model": {
                "path": where,
                "sha256": digest(self.path),
                "beside": {
                    name: digest(self.path.parent / name)
                    for name in self.description.external_files
                },
                "inputs": [_as_dict(tensor) for tensor in self.description.inputs],
                "outputs": [tensor.name for tensor in self.description.outputs],
            },
            "_model_name": self.path.name,
            "_model_is_carried": self.is_carried,
            "_examples": self.examples_name,
            "_body_limit": self.body_limit or body_limit(self.description.inputs),
            "_trust": self.trust,
        }


def read(path: Path, *, own: Path | None, python: str | None, trust: bool) -> Given:
    """Return the model at a path, ready to generate a project for.

    `own` is a file with the person's own examples. Raises ScaffoldError or UsageError
    if there is no model, if it cannot be copied completely, or if the shapes of its
    inputs are unknown and there are no examples to take them from.
    """
    found = describe(path, python=python, trust=trust)
    # Resolved, because `.` and `..` have no name.
    given = Given(Path(found.path).resolve(), found, own, trust, python)
    refuse_links(replace(given, examples=None))
    refuse_names(given)
    refuse_duplicates(given)
    if not fitting(found):
        return given  # `cell_of` reports why no target fits
    if own:
        arrays = examples.read(own, found.inputs)
        inputs = examples.complete(found.inputs, arrays)
        return replace(
            given,
            description=replace(found, inputs=inputs),
            body_limit=body_limit(tuple(arrays.values()), counted=True),
        )
    if any(tensor.dtype is None or tensor.shape is None for tensor in found.inputs):
        raise UsageError(
            f"{path} does not contain the shapes of its inputs: give examples of them "
            "with --examples X.npz (or .npy, .json)."
        )
    return given


def refuse_links(given: Given) -> None:
    """Raise ScaffoldError if part of the model is a link or cannot be read."""
    for file in given.copies.values():
        if file.is_symlink() or not file.is_file():
            raise ScaffoldError(
                f"{file} is not a regular file: copy the model, with the files that it "
                "links to, into one folder and use that."
            )
        if not os.access(file, os.R_OK):
            raise ScaffoldError(f"{file} cannot be read: change its permissions.")


def refuse_duplicates(given: Given) -> None:
    """Raise ScaffoldError if two inputs, or two outputs, have the same name."""
    for tensors in (given.description.inputs, given.description.outputs):
        names = Counter(tensor.name for tensor in tensors)
        if twice := sorted(name for name in names if names[name] > 1):
            raise ScaffoldError(
                f"{given.path} has two inputs or two outputs called {listed(twice)}: "
                "save it again with different names."
            )


def refuse_names(given: Given) -> None:
    """Raise ScaffoldError if a file of the model has a name that causes trouble."""
    taken = {DESCRIPTION, given.examples_name}
    if clash := taken.intersection(name.split("/")[0] for name in given.names):
        raise ScaffoldError(
            f"{given.path} has a file called {min(clash)}, a name that the project "
            "uses itself: rename it."
        )
    if not given.path.name.isprintable() or "`" in given.path.name:
        raise ScaffoldError(f"{given.path} has unprintable characters: rename it.")


def cell_of(
    given: Given, target_name: str, format_name: str | None, catalog: Catalog
) -> Cell:
    """Return the combination of the model's kind and a target.

    Raises UsageError, with the reason and what fits, where they do not fit.
    """
    fit = next(f for f in given.description.targets if f.target == target_name)
    if fit.format is None:
        names = " or ".join(fitting(given.description))
        fix = f"use --target {names}" if names else "no target fits it"
        raise UsageError(
            f"{given.path.name} does not fit --target {target_name}: {fit.because}; "
            f"{fix}."
        )
    target = catalog.target(target_name)
    able = [name for name in target.consumes if name in fit.formats]
    if format_name and format_name not in able:
        raise UsageError(
            f"{given.path.name} with {target.title} cannot use the format "
            f"{format_name}; use --format {' or --format '.join(able)}."
        )
    examples = "own-examples" if given.examples else "drawn-examples"
    return Cell(
        catalog,
        catalog.model(given.description.layer),
        target,
        catalog.format(format_name or fit.format),
        start=(catalog.find(f"shared/{examples}"),),
    )


def fitting(description: Description) -> list[str]:
    """Return the names of the targets that fit."""
    return [fit.target for fit in description.targets if fit.format]


def body_limit(inputs: tuple[Tensor, ...], counted: bool = False) -> int:
    """Return the bytes that a request may have: for sixteen examples, within reason.

    The first dimension of arrays that are `counted` is the number of examples.
    """
    shapes = [one.shape or () for one in inputs]
    numbers = sum(
        math.prod(size if isinstance(size, int) else 1 for size in shape[counted:])
        for shape in shapes
    )
    one = numbers * DIGITS
    return max(LEAST_BODY, one, min(16 * one, MOST_BODY))


def _as_dict(tensor: Tensor) -> dict[str, Any]:
    shape = None if tensor.shape is None else list(tensor.shape)
    dtype = "str" if tensor.dtype == "string" else tensor.dtype
    said = {"name": tensor.name, "dtype": dtype, "shape": shape}
    return {**said, "most": list(tensor.most)} if tensor.most else said
