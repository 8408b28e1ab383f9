"""`dlscaffold list`, and the tree that `dlscaffold new --dry-run` prints."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click

from dlscaffold.advice import guidance
from dlscaffold.layers.catalog import installed
from dlscaffold.layers.layer import Framework, Layer, Target, shared_formats

# More than any line takes: a narrow terminal folds lines, but Rich would cut them.
WIDEST = 400


def run(*, as_json: bool) -> None:
    """Print what there is to choose from, and which pairs fit."""
    if as_json:
        click.echo(json.dumps(describe()))
        return
    _print_table()


def describe() -> dict[str, Any]:
    """Return frameworks with their exports, targets with what they load, and pairs."""
    catalog = installed()
    frameworks, targets = catalog.frameworks(), catalog.targets()
    return {
        "frameworks": {
            framework.name: _framework(framework) for framework in frameworks
        },
        "targets": {target.name: _target(target) for target in targets},
        "formats": {
            name: catalog.format(name).title for name in catalog.names("formats")
        },
        "pairs": [
            _pair(framework, target)
            for framework in frameworks
            for target in targets
            if shared_formats(framework, target)
        ],
    }


def _framework(framework: Framework) -> dict[str, Any]:
    return {
        "title": framework.title,
        "exports": framework.exports,
        "backends": {
            backend.name: {"title": backend.title, "exports": backend.exports}
            for backend in framework.backends
        },
    }


def _target(target: Target) -> dict[str, Any]:
    return {
        "title": target.title,
        "consumes": target.consumes,
        "lifecycle": guidance.load(installed()).lifecycle(target).state,
    }


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
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("target", *catalog.names("frameworks"), "lifecycle"):
        table.add_column(name, no_wrap=True)
    for target in catalog.targets():
        formats = (
            "\n".join(shared_formats(framework, target)) or "-"
            for framework in catalog.frameworks()
        )
        state = guidance.load(catalog).lifecycle(target).state
        table.add_row(target.name, *formats, state)
    click.echo("Which framework fits which target, and the formats that join them:")
    Console(width=WIDEST).print(table)
    for framework in catalog.frameworks():
        for backend in framework.backends:
            title = framework.title_on(backend)
            click.echo(
                f"{title} (--backend {backend.name}): {', '.join(backend.exports)}"
            )
    click.echo("The first format is the default, and the first backend that fits.")
    click.echo("Generate a project: dlscaffold new")


def print_tree(root: str, files: Mapping[str, Layer]) -> None:
    """Print the files as a tree, each with the layer that it comes from."""
    from rich.console import Console
    from rich.text import Text
    from rich.tree import Tree

    tree = Tree(Text(f"{root}/"))
    folders = {"": tree}
    for path in sorted(files, key=_folders_first):
        parent, _, name = path.rpartition("/")
        branch = _branch(folders, parent)
        branch.add(Text.assemble(name, "  ", (files[path].label, "dim")))
    Console(width=WIDEST).print(tree)


def _folders_first(path: str) -> list[tuple[bool, str]]:
    *folders, name = path.split("/")
    return [(False, folder) for folder in folders] + [(True, name)]


def _branch(folders: dict[str, Any], path: str) -> Any:
    if path not in folders:
        parent, _, name = path.rpartition("/")
        folders[path] = _branch(folders, parent).add(f"{name}/")
    return folders[path]
