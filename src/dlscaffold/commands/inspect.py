"""`dlscaffold inspect`: what a model is, and which targets it fits."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dlscaffold.models.description import Description, Signature, Tensor
from dlscaffold.models.identify import describe
from dlscaffold.terminal import printable

if TYPE_CHECKING:
    from rich.table import Table

SHOWN = 12  # operators that are listed for people; JSON has all
FREE = "?"


def run(path: Path, *, python: str | None, trust: bool, as_json: bool) -> None:
    """Print the description of a model."""
    found = describe(path, python=python, trust=trust)
    if as_json:
        click.echo(json.dumps(asdict(found)))
    else:
        show(found)


def show(found: Description) -> None:
    """Print the description for people."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    console.print(Text(f"{printable(found.path)}: {found.title}", "bold"))
    console.print(facts(found))
    for signature in found.signatures:
        console.print(Text(f"\nsignature {printable(signature.name)}", "bold"))
        console.print(tensors(signature))
    console.print(Text("\ntargets", "bold"))
    console.print(targets(found))
    for note in found.notes:
        console.print(Text(f"Note: {printable(note)}."))


def facts(found: Description) -> Table:
    """Return what is known of the whole model."""
    from rich.filesize import decimal

    written = " ".join(filter(None, (found.framework, found.framework_version)))
    weights = "unknown" if found.parameters is None else f"{found.parameters:,}"
    return grid(
        [
            ("written by", printable(written) or "unknown"),
            ("size", decimal(found.size)),
            ("parameters", weights),
            ("operators", operators(found)),
        ]
    )


def operators(found: Description) -> str:
    """Return the operators with how often each is used, the most frequent first."""
    most = sorted(found.operators.items(), key=lambda one: (-one[1], one[0]))
    named = ", ".join(f"{printable(name)} {times}" for name, times in most[:SHOWN])
    rest = len(most) - SHOWN
    return f"{named} and {rest} more" if rest > 0 else named or "unknown"


def tensors(signature: Signature) -> Table:
    """Return the inputs and outputs as a table."""
    sides = (("in", signature.inputs), ("out", signature.outputs))
    return grid(
        (side, printable(one.name), one.dtype or "unknown", shape(one))
        for side, side_tensors in sides
        for one in side_tensors
    )


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


def targets(found: Description) -> Table:
    """Return the targets, with how each fits or why it does not."""
    return grid(
        ("fits" if one.format else "does not fit", one.target, one.because)
        for one in found.targets
    )


def grid(rows: Iterable[tuple[str, ...]]) -> Table:
    """Return rows as a table without lines; their texts are not markup."""
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for row in rows:
        table.add_row("", *map(Text, row))
    return table
