"""Add apps and extras to a combination, or say why they do not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dlscaffold.errors import UsageError
from dlscaffold.layers.catalog import Cell
from dlscaffold.layers.choices import NONE
from dlscaffold.layers.layer import AddOn


def with_add_ons(cell: Cell, apps: Sequence[str], extras: Sequence[str]) -> Cell:
    """Return the combination with the apps and extras of these names, each once.

    Without any app named, it gets those that are the default; `none` stands for no app.
    Raises UsageError where one of them does not fit.
    """
    return replace(cell, apps=_apps(cell, apps), extras=_extras(cell, extras))


def _apps(cell: Cell, names: Sequence[str]) -> tuple[AddOn, ...]:
    if not names:
        return tuple(app for app in cell.fitting_apps if app.is_default)
    if NONE not in names:
        return _named(cell, names, cell.catalog.apps(), "--app")
    if set(names) != {NONE}:
        others = " and ".join(name for name in names if name != NONE)
        raise UsageError(f"--app none contradicts --app {others}: leave one out.")
    return ()


def _extras(cell: Cell, names: Sequence[str]) -> tuple[AddOn, ...]:
    return _named(cell, names, cell.catalog.extras(), "--with")


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
