"""`dlscaffold inspect`: what a model is, and which targets it fits."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

import click

from dlscaffold.errors import printable
from dlscaffold.models.description import Description, Tensor
from dlscaffold.models.identify import describe

SHOWN = 12  # operators that are listed for people; JSON has all
FREE = "?"


def run(model: str, *, python: str | None, trust: bool, as_json: bool) -> None:
    """Print the description of a model."""
    found = describe(Path(model), python=python, trust=trust)
    if as_json:
        click.echo(json.dumps(asdict(found)))
    else:
        show(found)


def show(found: Description) -> None:
    """Print the description for people."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    for title, rows in tables(found):
        console.print(Text(title, "bold"))
        table = Table.grid(padding=(0, 2))
        for row in rows:
            table.add_row("", *map(Text, row))
        console.print(table)
    for note in found.notes:
        console.print(Text(f"Note: {printable(note)}."))


def tables(found: Description) -> Iterator[tuple[str, Iterable[tuple[str, ...]]]]:
    """Yield titles with what stands below them, as the cells of each row."""
    from rich.filesize import decimal

    written = " ".join(filter(None, (found.framework, found.framework_version)))
    weights = "unknown" if found.parameters is None else f"{found.parameters:,}"
    yield (
        f"{printable(found.path)}: {found.title}",
        [
            ("written by", printable(written) or "unknown"),
            ("size", decimal(found.size)),
            ("parameters", weights),
            ("operators", operators(found)),
        ],
    )
    for signature in found.signatures:
        sides = (("in", signature.inputs), ("out", signature.outputs))
        yield (
            f"\nsignature {printable(signature.name)}",
            [
                (side, printable(one.name), one.dtype or "unknown", shape(one))
                for side, side_tensors in sides
                for one in side_tensors
            ],
        )
    fits = {True: "fits", False: "does not fit"}
    rows = ((fits[bool(one.format)], one.target, one.because) for one in found.targets)
    yield "\ntargets", rows


def operators(found: Description) -> str:
    """Return the operators with how often each is used, the most frequent first."""
    most = sorted(found.operators.items(), key=lambda one: (-one[1], one[0]))
    named = ", ".join(f"{printable(name)} {times}" for name, times in most[:SHOWN])
    rest = len(most) - SHOWN
    return f"{named} and {rest} more" if rest > 0 else named or "unknown"


def shape(tensor: Tensor) -> str:
    """Return a shape as people write it; `?` is a dimension of any size."""
    if tensor.shape is None:
        return "any shape"
    most = tensor.most or (None,) * len(tensor.shape)
    sizes = (
        (FREE if size is None else printable(str(size)))
        + (f"<={limit}" if limit else "")
        for size, limit in zip(tensor.shape, most, strict=True)
    )
    return f"({', '.join(sizes)})"
