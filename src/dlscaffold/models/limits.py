"""What a runtime supports, or a conversion, as `limits.toml` in its layer says.

In `formats/<format>/` are the limits of what runs a file of that format as it is, in
`exports/<format>/` of a layer those of its conversion to that format.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from dlscaffold.errors import ScaffoldError
from dlscaffold.layers.catalog import Layer
from dlscaffold.models.description import Contents
from dlscaffold.models.values import listed

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE = "limits.toml"


@dataclass(frozen=True)
class Limits:
    """Limits by the keys of the file; what is left out is not limited.

    `requirement` is the pinned requirement that the limits were taken from, as the
    layer's own requirements have it. `operators` are the format's own, by number.
    """

    title: str = ""
    requirement: str = ""
    versions: dict[str, int] = field(default_factory=dict)
    operators: tuple[str, ...] = ()
    custom_operators: tuple[str, ...] = ()
    argument_types: tuple[str, ...] = ()
    fixed_batch: tuple[str, ...] = ()
    fixed_batch_example: str = ""

    def unmet(self, contents: Contents) -> Iterator[str]:
        """Yield why a model is beyond these limits, with the fix."""
        for name, number in contents.versions:
            if number > (newest := self.versions.get(name, number)):
                yield (
                    f"{self.title} has no {name} {number}: export it again with "
                    f"{newest} or older"
                )
        unknown = [one for one in contents.custom_operators if not self._has(one)]
        if unknown and self.custom_operators:
            yield f"{self.title} has no {listed(unknown)}: export it again without them"
        odd = contents.argument_types.difference(self.argument_types)
        if odd and self.argument_types:
            yield (
                f"{self.title} takes no {listed(odd)}: save it with arguments that are "
                f"{' or '.join(self.argument_types)} only"
            )
        loops = sorted(set(self.fixed_batch).intersection(contents.operators))
        if loops and not has_fixed_batch(contents):
            yield (
                f"{self.title} runs {loops[0]} only with a fixed number of examples: "
                f"save the model with one, as in {self.fixed_batch_example}"
            )

    def _has(self, operator: str) -> bool:
        """Whether a custom operator is listed, or all of its domain are."""
        domain, _, _ = operator.rpartition(".")
        return not {operator, f"{domain}.*"}.isdisjoint(self.custom_operators)


def has_fixed_batch(contents: Contents) -> bool:
    """Whether the first dimension of every input has a fixed size."""
    first = [size for one in contents.inputs for size in (one.shape or ())[:1]]
    return all(isinstance(size, int) for size in first)


def limits_of(layer: Layer) -> Limits:
    """Return the limits in a layer's folder, which are none where it has no such file.

    Raises ScaffoldError where the file cannot be read, or has a key that is not known.
    """
    return read_limits(layer.path / FILE)


@cache
def read_limits(file: Path) -> Limits:
    """Return the limits that a file has; see `limits_of`."""
    if not file.is_file():
        return Limits()
    try:
        found = tomllib.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise ScaffoldError(f"{file} is not valid TOML ({error}): fix it.") from error
    known: dict[str, Any] = {
        one.name: getattr(Limits(), one.name) for one in fields(Limits)
    }
    for key, value in found.items():
        if key not in known:
            names = ", ".join(known)
            raise ScaffoldError(f"{file} has the unknown key {key}: use {names}.")
        if not is_like(value, known[key]):
            raise ScaffoldError(
                f"{key} in {file} has a value of the wrong type: give a text for "
                "title, requirement and fixed_batch_example, numbers for versions, "
                "and lists of texts for the others."
            )
        known[key] = tuple(value) if isinstance(value, list) else value
    return Limits(**known)


def is_like(value: Any, default: object) -> bool:
    """Whether a value of TOML is of the type that its key takes."""
    if isinstance(default, tuple):
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if isinstance(default, dict):
        return isinstance(value, dict) and all(type(n) is int for n in value.values())
    return isinstance(value, str)
