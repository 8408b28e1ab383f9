"""Find the legal combination of some names, or say why there is none and what fits.

Apps and extras are added to a combination here too.
"""

from collections.abc import Sequence
from dataclasses import replace

from dlscaffold.errors import UsageError
from dlscaffold.layers.catalog import Catalog, Cell
from dlscaffold.layers.choices import NONE
from dlscaffold.layers.layer import (
    AddOn,
    Exporter,
    Framework,
    Target,
    shared_formats,
)


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
        raise UsageError(why_not(catalog, framework, target, backend))
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


def refuse_misfit(cell: Cell) -> Cell:
    """Return the combination; raise UsageError if its task does not fit the rest."""
    if cell.task and cell.refusal:
        raise UsageError(
            f"--task {cell.task.name} does not fit --target {cell.target.name}: "
            f"{cell.refusal}."
        )
    return cell


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


def why_not(
    catalog: Catalog,
    framework: Framework,
    target: Target,
    backend: Exporter | None = None,
) -> str:
    """Say why the two do not fit, on a backend or any, and what fits each of them."""
    option = "--backend" if backend else "--framework"
    others = framework.backends if backend else catalog.frameworks()
    exporter = backend or framework
    chosen = f"--backend {backend.name}" if backend else framework.name
    fitting = [t.name for t in catalog.targets() if shared_formats(exporter, t)]
    instead = [one.name for one in others if shared_formats(one, target)]
    return (
        f"{mismatch(catalog, framework, target, backend)}: "
        f"use --target {' or '.join(fitting)} with {chosen}, "
        f"or {option} {' or '.join(instead)} with {target.name}."
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


def with_add_ons(cell: Cell, apps: Sequence[str], extras: Sequence[str]) -> Cell:
    """Return the combination with the apps and extras of these names, each once.

    Without any app named, it gets those that are the default; `none` stands for no app.
    Raises UsageError where one of them does not fit.
    """
    known = cell.catalog.extras()
    return replace(
        cell, apps=_apps(cell, apps), extras=_named(cell, extras, known, "--with")
    )


def _apps(cell: Cell, names: Sequence[str]) -> tuple[AddOn, ...]:
    if not names:
        return tuple(app for app in cell.fitting_apps if app.is_default)
    if NONE not in names:
        return _named(cell, names, cell.catalog.apps(), "--app")
    if others := " and ".join(name for name in names if name != NONE):
        raise UsageError(f"--app none contradicts --app {others}: leave one out.")
    return ()


def _named(
    cell: Cell, names: Sequence[str], known: Sequence[AddOn], option: str
) -> tuple[AddOn, ...]:
    chosen = tuple(one for one in known if one.name in names)
    for one in chosen:
        if not one.is_fit_for(cell.labels):
            raise UsageError(f"{option} {one.name} {_misfit(cell, one)}: leave it out.")
    return chosen


def _misfit(cell: Cell, add_on: AddOn) -> str:
    """Return why an app or extra does not fit, after its name."""
    for label in add_on.requires:
        if label not in cell.labels:
            title = cell.catalog.find(label).title
            return f"needs what this project does not have ({title})"
    wanted = " or ".join(cell.catalog.find(label).title for label in add_on.fits)
    return f"fits projects with {wanted}, and this one has {cell.target.title}"
