"""`dlscaffold eject`: write the composed template, for plain Cookiecutter."""

import shlex
from pathlib import Path
from typing import Any

import click

from dlscaffold.layers.catalog import installed
from dlscaffold.project.rendering import eject
from dlscaffold.project.request import Request, resolve_cell


def run(directory: str, **choices: Any) -> None:
    """Write the template for what was asked for, and print the next command."""
    request = Request(**choices)
    cell = resolve_cell(request, installed())
    eject(cell, request.license, Path(directory))
    command = shlex.join(["cookiecutter", directory])
    click.echo(f"Wrote {directory}; next:\n\n  {command}")
