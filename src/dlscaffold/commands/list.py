"""`dlscaffold list`: print the layers that there are, and which pairs fit."""

import json
from typing import Any

import click

from dlscaffold.advice import guidance
from dlscaffold.layers.catalog import installed
from dlscaffold.layers.layer import AddOn, Framework, Target, shared_formats

# Columns of the table: a narrower terminal folds its lines, but Rich would cut them.
WIDTH = 80


def run(*, as_json: bool) -> None:
    """Print what there is to choose from, and which pairs fit."""
    if as_json:
        click.echo(json.dumps(overview()))
        return
    _print_table()


def overview() -> dict[str, Any]:
    """Return what `--json` prints: every layer to choose, and the pairs that fit."""
    catalog = installed()
    frameworks, targets = catalog.frameworks(), catalog.targets()
    known = guidance.load(catalog)
    return {
        "frameworks": {
            framework.name: {
                "title": framework.title,
                "exports": framework.exports,
                "backends": {
                    backend.name: {"title": backend.title, "exports": backend.exports}
                    for backend in framework.backends
                },
            }
            for framework in frameworks
        },
        "targets": {
            target.name: {
                "title": target.title,
                "consumes": target.consumes,
                "lifecycle": known.lifecycle(target).state,
            }
            for target in targets
        },
        "tasks": {task.name: {"title": task.title} for task in catalog.tasks()},
        "formats": {
            name: catalog.format(name).title for name in catalog.names("formats")
        },
        "apps": {app.name: _add_on(app) for app in catalog.apps()},
        "extras": {extra.name: _add_on(extra) for extra in catalog.extras()},
        "pairs": [
            _pair(framework, target)
            for framework in frameworks
            for target in targets
            if shared_formats(framework, target)
        ],
    }


def _add_on(add_on: AddOn) -> dict[str, Any]:
    return {"title": add_on.title, "fits": add_on.fits, "requires": add_on.requires}


def _pair(framework: Framework, target: Target) -> dict[str, Any]:
    return {
        "framework": framework.name,
        "target": target.name,
        "formats": shared_formats(framework, target),
        "backends": {
            backend.name: on_it
            for backend in framework.backends
            if (on_it := shared_formats(backend, target))
        },
    }


def _print_table() -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    catalog = installed()
    known = guidance.load(catalog)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("target", "lifecycle", "format"):
        table.add_column(name, no_wrap=True)
    table.add_column("frameworks")
    for target in catalog.targets():
        state = known.lifecycle(target).state
        for place, name in enumerate(target.consumes):
            able = [f.name for f in catalog.frameworks() if name in f.exports]
            first = ("", "") if place else (target.name, state)
            table.add_row(*first, name, ", ".join(able) or "-")
    click.echo("What each target loads, and the frameworks that export it:")
    Console(width=WIDTH).print(table)
    for framework in catalog.frameworks():
        for backend in framework.backends:
            title = framework.title_on(backend)
            click.echo(
                f"{title} (--backend {backend.name}): {', '.join(backend.exports)}"
            )
    for task in catalog.tasks():
        click.echo(f"--task {task.name}: {task.title}")
    for option, add_ons in (("--app", catalog.apps()), ("--with", catalog.extras())):
        for one in add_ons:
            fits = ", ".join(catalog.find(label).title for label in one.fits)
            click.echo(f"{option} {one.name}: {one.title}, for {fits}")
    click.echo("The first format is the default, and the first backend that fits.")
    click.echo("Generate a project: dlscaffold new")
