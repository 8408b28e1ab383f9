"""Which targets fit a model, through which format, and why the others do not.

As everywhere: a target fits where it loads a format that the model is or can become.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dlscaffold.layers.catalog import installed
from dlscaffold.layers.layer import Target
from dlscaffold.models.description import Contents, Dimension, Fit
from dlscaffold.models.kinds import Kind
from dlscaffold.models.values import listed

# Keras' layers, and the operator of TensorFlow's graphs, that loop over a sequence.
RECURRENT = {
    "ConvLSTM1D",
    "ConvLSTM2D",
    "ConvLSTM3D",
    "GRU",
    "LSTM",
    "RNN",
    "SimpleRNN",
    "TensorListReserve",
}
# What sets the number of examples, by the framework.
FIXED = {
    "keras": "keras.Input(batch_shape=(1, ...))",
    "tensorflow": (
        "tf.TensorSpec([1, ...]) in its signature, or in Keras "
        "keras.Input(batch_shape=(1, ...)),"
    ),
}
SERVED = re.compile(r"bool|string|float(16|32|64)|u?int(8|16|32|64)")


def fits(kind: Kind, contents: Contents) -> tuple[Fit, ...]:
    """Return for each target whether it fits."""
    return tuple(fit(kind, contents, target) for target in installed().targets())


def fit(kind: Kind, contents: Contents, target: Target) -> Fit:
    """Return whether a target fits, and why."""
    becomes = exports(kind)
    shared = [name for name in target.consumes if name in becomes]
    if not shared:
        return Fit(target.name, None, wrong_format(kind, target))
    if reason := next(obstacles(contents), None):
        return Fit(target.name, None, reason)
    able = [name for name in shared if name not in contents.unable]
    if not able:
        return Fit(target.name, None, contents.unable[shared[0]])
    if needs_strings(contents) and not target.takes_strings:
        return Fit(target.name, None, f"{target.title} here takes no strings")
    if reason := needs_fixed_batch(kind, contents, able):
        return Fit(target.name, None, reason)
    chosen = able[0]  # what the target prefers
    how = "as it is" if chosen == kind.name else f"converted to {titles([chosen])}"
    return Fit(target.name, chosen, how, tuple(able))


def exports(kind: Kind) -> list[str]:
    """Return the formats that a model of this kind is, or can become."""
    name = kind.layer or kind.name
    catalog = installed()
    return catalog.model(name).exports if name in catalog.names("models") else []


def obstacles(contents: Contents) -> Iterator[str]:
    """Yield what keeps the model from being served by anything."""
    first = contents.signatures[:1]
    dtypes = {dtype for signature in first for dtype in signature.dtypes if dtype}
    if odd := sorted(dtype for dtype in dtypes if not SERVED.fullmatch(dtype)):
        yield f"it takes or gives {', '.join(odd)}, which JSON does not hold"
    if any(not signature.inputs for signature in first):
        yield "it takes nothing, so nothing can be asked of it: save it with an input"
    for one in (one for signature in first for one in signature.inputs):
        if 0 in (one.shape or ()):
            yield (
                f"it takes nothing for {listed([one.name])}, whose size is 0: save it "
                "again with another"
            )
    yield from contents.obstacles


def needs_strings(contents: Contents) -> bool:
    """Whether the first signature takes or gives strings."""
    first = contents.signatures[:1]
    return any("string" in signature.dtypes for signature in first)


def needs_fixed_batch(kind: Kind, contents: Contents, formats: list[str]) -> str:
    """Say why loops keep the model from LiteRT, which has none of free tensors."""
    inputs = [one for signature in contents.signatures[:1] for one in signature.inputs]
    first = [one.shape[:1] for one in inputs if one.shape]
    if formats != ["litert"] or kind.name == "litert" or all_fixed(first):
        return ""
    loops = sorted(RECURRENT & set(contents.operators))
    return (
        f"LiteRT takes {loops[0]} with a fixed number of examples alone: save the "
        f"model with one, as {FIXED.get(kind.framework or '', FIXED['keras'])} sets it"
        if loops
        else ""
    )


def all_fixed(shapes: list[tuple[Dimension, ...]]) -> bool:
    """Whether every dimension is a number."""
    return all(isinstance(size, int) for shape in shapes for size in shape)


def wrong_format(kind: Kind, target: Target) -> str:
    """Say which formats the target loads."""
    wanted = titles(target.consumes)
    return f"it loads {wanted}, which this {kind.title} cannot become"


def titles(names: list[str]) -> str:
    """Return the formats' names in prose."""
    return " or ".join(installed().format(name).title for name in names)
