"""`dlscaffold new`: generate a project and print what to do next."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from dlscaffold.commands import smoke
from dlscaffold.errors import ScaffoldError, printable
from dlscaffold.layers.catalog import installed
from dlscaffold.layers.layer import Layer
from dlscaffold.project import rendering, repository
from dlscaffold.project.answers import Answers
from dlscaffold.project.next_steps import next_commands, notices
from dlscaffold.project.placing import refuse_taken
from dlscaffold.project.request import Request, read_data, read_model, resolve
from dlscaffold.running.results import Result

# More than any line takes: a narrow terminal folds lines, but Rich would cut them.
WIDEST = 400


def run(
    *,
    yes: bool,
    dry_run: bool,
    git: bool,
    run_smoke: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Generate the project that was asked for, and print what to do next.

    `options` say what to start from, and are further fields of a Request.
    """
    flags = {"--dry-run": dry_run, "--git": git, "--smoke": run_smoke}
    set_flags = (flag for flag, on in {**flags, "--json": as_json}.items() if on)
    request = read_request(options, tuple(set_flags))
    answers = resolve(request, installed(), yes=yes)
    destination = request.output_dir / answers.names.slug
    for warning in request.data.warnings if request.data else ():
        click.echo(f"warning: {warning}", err=True)
    click.echo(_summary(answers, destination), err=as_json)
    if dry_run:
        refuse_taken(destination)
        _show(answers, destination, as_json, written=False)
        return
    rendering.generate(answers, request.output_dir)
    fault = _start_repository(destination) if git else None
    result = smoke.smoke(destination, quiet=as_json) if run_smoke else None
    _show(answers, destination, as_json, written=True, result=result)
    if fault:
        raise fault
    if result and not result.ok:
        raise click.exceptions.Exit(1)


def read_request(options: dict[str, Any], others: tuple[str, ...]) -> Request:
    """Return the request that the options make, the model or data in them read."""
    model = {
        name: options.pop(name) for name in ("model", "examples", "python", "trust")
    }
    data = {name: options.pop(name) for name in ("data", "label", "text")}
    return Request(
        given=read_model(**model),
        data=read_data(**data, task=options["task"]),
        output_dir=Path(options.pop("output_dir")),
        others=others,
        **options,
    )


def _start_repository(destination: Path) -> ScaffoldError | None:
    """Return what went wrong, if anything, to be raised when all is printed."""
    try:
        repository.start(destination)
    except ScaffoldError as error:
        return error
    return None


def report(answers: Answers, destination: Path, *, written: bool) -> dict[str, Any]:
    """Return what `--json` prints: names, choices, files with layers, next commands."""
    cell = answers.cell
    return {
        "project_name": answers.names.project,
        "slug": answers.names.slug,
        "package": answers.names.package,
        "framework": cell.framework.name,
        "model": str(answers.given.path) if answers.given else None,
        "task": cell.task.name if cell.task else None,
        "data": str(answers.data.path) if answers.data else None,
        "target": cell.target.name,
        "format": cell.format.name,
        "backend": cell.backend_name,
        "apps": [app.name for app in cell.apps],
        "extras": [extra.name for extra in cell.extras],
        "license": answers.license,
        "path": str(destination.resolve()),
        "written": written,
        "files": {path: layer.label for path, layer in answers.files.items()},
        "notices": notices(cell),
        "next": next_commands(answers, destination),
    }


def _summary(answers: Answers, destination: Path) -> str:
    cell = answers.cell
    framework = cell.framework.title_on(cell.special_backend)
    return (
        f"{answers.names.project}: {framework} with {cell.target.title}, "
        f"joined by the {cell.format.title} format\n"
        f"folder {printable(str(destination))}, package {answers.names.package}"
    )


def _show(
    answers: Answers,
    destination: Path,
    as_json: bool,
    *,
    written: bool,
    result: Result | None = None,
) -> None:
    if as_json:
        fields = report(answers, destination, written=written)
        smoked = {"smoke": result.as_dict()} if result else {}
        click.echo(json.dumps({**fields, **smoked}))
        return
    if not written:
        _print_tree(destination.name, answers.files)
        click.echo("Nothing was written; leave out --dry-run to generate it.")
        return
    for notice in notices(answers.cell):
        click.echo(notice)
    click.echo("\nNext:\n")
    for command in next_commands(answers, destination):
        click.echo(f"  {command}")


def _print_tree(root: str, files: Mapping[str, Layer]) -> None:
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
