"""What a runtime supports, or a conversion, as `limits.toml` in its layer says.

In `formats/<format>/` are the limits of what runs a file of that format as it is, in
`exports/<format>/` of a layer those of its conversion to that format.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from dlscaffold.errors import listed
from dlscaffold.layers.layer import Layer
from dlscaffold.layers.manifest import TEXT, TEXTS, Type, parse
from dlscaffold.models.description import Contents

FILE = "limits.toml"


NUMBERS = Type(
    "a table of whole numbers",
    lambda table: isinstance(table, dict) and {*map(type, table.values())} <= {int},
    '{ "IR version" = 14 }',
)


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
        has = self.custom_operators  # `domain.*` stands for all of a domain
        unknown = sorted(
            one
            for one in contents.custom_operators
            if one not in has and f"{one.rpartition('.')[0]}.*" not in has
        )
        if unknown and self.custom_operators:
            yield f"{self.title} has no {listed(unknown)}: export it again without them"
        odd = sorted(contents.argument_types.difference(self.argument_types))
        if odd and self.argument_types:
            yield (
                f"{self.title} takes no {listed(odd)}: save it with arguments that are "
                f"{' or '.join(self.argument_types)} only"
            )
        loops = sorted(set(self.fixed_batch).intersection(contents.operators))
        first = (size for one in contents.inputs for size in (one.shape or ())[:1])
        if loops and not all(isinstance(size, int) for size in first):
            yield (
                f"{self.title} runs {loops[0]} only with a fixed number of examples: "
                f"save the model with one, as in {self.fixed_batch_example}"
            )


# The keys of the file, by the fields that they become.
TYPES: dict[Any, Type] = {str: TEXT, dict[str, int]: NUMBERS, tuple[str, ...]: TEXTS}
KEYS = {one.name: TYPES[one.type] for one in fields(Limits)}


@cache
def limits_of(layer: Layer) -> Limits:
    """Return the limits in a layer's folder, which are none where it has no such file.

    Raises LayerError where the file has a key that is not known, or a wrong value.
    """
    values = parse(layer.path / FILE, KEYS)
    lists = {key: tuple(values[key]) for key in values if KEYS[key] is TEXTS}
    return Limits(**{**values, **lists})
