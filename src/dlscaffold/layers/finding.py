"""Find the legal combination of some names, or say why there is none and what fits."""

from __future__ import annotations

from dlscaffold.errors import UsageError
from dlscaffold.layers.catalog import Catalog, Cell
from dlscaffold.layers.layer import Exporter, Framework, Target, shared_formats


def find_cell(
    catalog: Catalog,
    framework_name: str,
    target_name: str,
    format_name: str | None = None,
    backend_name: str | None = None,
) -> Cell:
    """Return the legal combination of these names, of several the preferred one.

    Raises UsageError, with what would fit, where there is none.
    """
    framework, target = catalog.framework(framework_name), catalog.target(target_name)
    backend = find_backend(framework, backend_name)
    if not shared_formats(framework, target):
        raise UsageError(why_not(catalog, framework, target))
    if backend and not shared_formats(backend, target):
        raise UsageError(why_not_on(catalog, backend, framework, target))
    cells = catalog.cells_of(framework, target)
    legal = [cell for cell in cells if backend in (None, cell.backend)]
    for cell in legal:
        if format_name in (None, cell.format.name):
            return cell
    shared = dict.fromkeys(cell.format.name for cell in legal)
    raise UsageError(
        f"{framework.title_on(backend)} with {target.title} cannot use the format "
        f"{format_name}; use --format {' or --format '.join(shared)}."
    )


def find_backend(framework: Framework, name: str | None) -> Exporter | None:
    """Return the framework's backend of that name, None for none.

    Raises UsageError if it has no such backend.
    """
    if name is None:
        return None
    for backend in framework.backends:
        if backend.name == name:
            return backend
    known = " or ".join(backend.name for backend in framework.backends)
    fix = f"use --backend {known}" if known else "leave --backend out"
    raise UsageError(f"{framework.title} has no backend {name}: {fix}.")


def why_not(catalog: Catalog, framework: Framework, target: Target) -> str:
    """Say why the two do not fit, and what fits each of them."""
    fitting = [t.name for t in catalog.targets() if shared_formats(framework, t)]
    instead = [f.name for f in catalog.frameworks() if shared_formats(f, target)]
    return (
        f"{mismatch(catalog, framework, target)}: "
        f"use --target {' or '.join(fitting)} with {framework.name}, "
        f"or --framework {' or '.join(instead)} with {target.name}."
    )


def why_not_on(
    catalog: Catalog, backend: Exporter, framework: Framework, target: Target
) -> str:
    """Say why the target does not fit this backend, and what fits each of them."""
    fitting = [t.name for t in catalog.targets() if shared_formats(backend, t)]
    instead = [b.name for b in framework.backends if shared_formats(b, target)]
    return (
        f"{mismatch(catalog, framework, target, backend)}: "
        f"use --target {' or '.join(fitting)} with --backend {backend.name}, "
        f"or --backend {' or '.join(instead)} with {target.name}."
    )


def mismatch(
    catalog: Catalog,
    framework: Framework,
    target: Target,
    backend: Exporter | None = None,
) -> str:
    """Say what the target loads and what is exported instead."""
    exports = (backend or framework).exports
    wanted = ", ".join(catalog.format(name).title for name in target.consumes)
    offered = ", ".join(catalog.format(name).title for name in exports)
    title = framework.title_on(backend)
    return f"{target.title} loads {wanted}, but {title} exports {offered}"
