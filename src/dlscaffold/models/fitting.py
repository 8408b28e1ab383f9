"""Which targets fit a model, through which format, and why the others do not.

As everywhere: a target fits where it loads a format that the model is or can become.
"""

import re
from collections.abc import Iterator

from dlscaffold.errors import listed
from dlscaffold.layers.catalog import installed
from dlscaffold.layers.layer import Framework, Target
from dlscaffold.models.description import Contents, Fit
from dlscaffold.models.kinds import Kind
from dlscaffold.models.limits import Limits, limits_of

SERVED = re.compile(r"bool|string|float(16|32|64)|u?int(8|16|32|64)")


def fits(kind: Kind, contents: Contents) -> tuple[Fit, ...]:
    """Return for each target whether it fits."""
    loader = loader_of(kind)
    return tuple(fit(kind, loader, contents, one) for one in installed().targets())


def loader_of(kind: Kind) -> Framework | None:
    """Return the layer that loads models of a kind, if there is one."""
    loaders = (one for one in installed().models() if kind.name in one.reads)
    return next(loaders, None)


def fit(
    kind: Kind, loader: Framework | None, contents: Contents, target: Target
) -> Fit:
    """Return whether a target fits, and why."""
    exports = loader.exports if loader else []
    shared = [name for name in target.consumes if name in exports]
    if loader is None or not shared:
        wanted = titles(target.consumes)
        because = f"it loads {wanted}, which this {kind.title} cannot become"
        return Fit(target.name, None, because)
    if reason := next(obstacles(contents), None):
        return Fit(target.name, None, reason)
    if "string" in contents.dtypes and not target.takes_strings:
        return Fit(target.name, None, f"{target.title} here takes no strings")
    unmet = {
        name: next(limits(kind, loader, name).unmet(contents), None) for name in shared
    }
    able = [name for name in shared if unmet[name] is None]
    if not able:
        return Fit(target.name, None, unmet[shared[0]] or "")
    chosen = able[0]  # what the target prefers
    how = "as it is" if chosen == kind.name else f"converted to {titles([chosen])}"
    return Fit(target.name, chosen, how, tuple(able))


def limits(kind: Kind, loader: Framework, format_name: str) -> Limits:
    """Return what limits a model that is a format, or is converted to it."""
    if format_name == kind.name:
        return own_limits(kind)
    return limits_of(loader.export_layer(format_name))


def own_limits(kind: Kind) -> Limits:
    """Return the limits of what runs files of a kind as they are."""
    catalog = installed()
    is_format = kind.name in catalog.names("formats")
    return limits_of(catalog.format(kind.name)) if is_format else Limits()


def obstacles(contents: Contents) -> Iterator[str]:
    """Yield what keeps the model from being served by anything."""
    if odd := sorted(one for one in contents.dtypes if not SERVED.fullmatch(one)):
        yield f"it takes or gives {', '.join(odd)}, which JSON does not hold"
    if contents.signatures and not contents.inputs:
        yield "it takes no input, so no request can be made: save it with one"
    for one in contents.inputs:
        if 0 in (one.shape or ()):
            yield (
                f"its input {listed([one.name])} has a dimension of size 0: save it "
                "again with another"
            )
    yield from contents.obstacles


def titles(names: list[str]) -> str:
    """Return the formats' names in prose."""
    return " or ".join(installed().format(name).title for name in names)
