"""What readers take and return: a description of a model, the same for each format."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

# A fixed size, the name of a free dimension, or None for a free one without a name.
Dimension = int | str | None
Shape = tuple[Dimension, ...]


@dataclass(frozen=True)
class Source:
    """A model's file or folder, and what a reader may use.

    `operators` has the names of the format's own operators by number, where the file
    has numbers alone.
    """

    path: Path
    python: str | None = None
    trust: bool = False
    operators: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tensor:
    """An input or an output; what the file does not say is None.

    `most` has the largest size of each dimension that is free within bounds.
    """

    name: str
    dtype: str | None
    shape: Shape | None
    most: tuple[int | None, ...] | None = None


@dataclass(frozen=True)
class Signature:
    """One way to call the model."""

    name: str
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]


def distinct(gives: Iterable[Tensor], takes: Iterable[Tensor]) -> Iterator[Tensor]:
    """Yield the outputs; those named like an input or one before, under new names."""
    names = {one.name for one in takes}
    for place, one in enumerate(gives):
        name = one.name
        while name in names:
            name = f"{name}_output_{place}"
        names.add(name)
        yield replace(one, name=name)


@dataclass(frozen=True)
class Contents:
    """What one reader found; the first signature is the one that is served.

    `obstacles` are the reasons why nothing can serve the model, with the fix. What only
    some runtimes support is compared with their limits: `versions` by what they count,
    operators beside the format's own, and the types of arguments.
    """

    signatures: tuple[Signature, ...]
    writer: str | None = None
    version: str | None = None
    parameters: int | None = None
    operators: Mapping[str, int] = field(default_factory=dict)
    custom_operators: frozenset[str] = frozenset()
    versions: tuple[tuple[str, int], ...] = ()
    argument_types: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()
    external_size: int = 0
    external_files: tuple[str, ...] = ()

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """The inputs of the signature that is served; none where none is known."""
        return self.signatures[0].inputs if self.signatures else ()

    @property
    def outputs(self) -> tuple[Tensor, ...]:
        """The outputs of the signature that is served; none where none is known."""
        return self.signatures[0].outputs if self.signatures else ()

    @property
    def dtypes(self) -> set[str]:
        """The dtypes of these inputs and outputs, as far as they are known."""
        return {one.dtype for one in (*self.inputs, *self.outputs) if one.dtype}


@dataclass(frozen=True)
class Fit:
    """Whether a target fits, through which format, or why not."""

    target: str
    format: str | None
    because: str
    formats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Description:
    """All there is to say of a model; `parameters` counts the stored weights."""

    path: str
    format: str
    layer: str
    title: str
    framework: str | None
    framework_version: str | None
    size: int
    parameters: int | None
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    signatures: tuple[Signature, ...]
    operators: Mapping[str, int]
    notes: tuple[str, ...]
    targets: tuple[Fit, ...]
    external_files: tuple[str, ...] = ()
    needs_framework: bool = False  # to be read whole
