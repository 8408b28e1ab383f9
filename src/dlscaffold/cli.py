"""The command line: options and help only; each command is one call into a function.

What a command needs is imported inside it, so that `--help` costs little over Click.
"""

from __future__ import annotations

import click

from dlscaffold import __version__
from dlscaffold.choices import layer_names

PATH = click.Path()
FRAMEWORK = click.Choice(layer_names("frameworks"))
TARGET = click.Choice(layer_names("targets"))
FORMAT = click.Choice(layer_names("formats"))
LICENSE = click.Choice(layer_names("licenses"))
STEP = click.Choice(["environment", "install", "train", "export", "test"])

json_option = click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print one JSON object on standard output; prose goes to standard error.",
)


license_option = click.option(
    "--license", "license_name", type=LICENSE, default="MIT", show_default=True
)


@click.group(
    epilog="""\b
Examples:
  dlscaffold new                                    ask, then generate
  dlscaffold new shop-digits -f keras -t flask      generate, asking nothing
  dlscaffold smoke shop-digits                      train, export, serve and test it
"""
)
@click.version_option(__version__, prog_name="dlscaffold")
def main() -> None:
    """Serve what you trained: generate a tested deployment project.

    Pick a framework and a deployment target; get a project that trains on real data,
    exports, serves, and proves that what is served equals what was trained.
    """


@main.command(
    epilog="""\b
Examples:
  dlscaffold new
  dlscaffold new "Shop digits" --framework keras --target flask
  dlscaffold new --framework pytorch --target pytorch-mobile --dry-run
  dlscaffold new digits -f tensorflow -t tensorflow-serving -o ~/services --smoke
"""
)
@click.argument("name", required=False)
@click.option("-f", "--framework", type=FRAMEWORK, help="What the model is trained in.")
@click.option("-t", "--target", type=TARGET, help="What it is served by.")
@click.option("--format", "format_name", type=FORMAT, help="What joins the two.")
@license_option
@click.option("-o", "--output-dir", type=PATH, default=".", help="Where to put it.")
@click.option("-y", "--yes", is_flag=True, help="Take the default for all not given.")
@click.option("--dry-run", is_flag=True, help="Print the files and write nothing.")
@click.option("--git/--no-git", default=False, help="Start a Git repository in it.")
@click.option("--smoke", "run_smoke", is_flag=True, help="Run the smoke tests next.")
@json_option
def new(
    name: str | None,
    framework: str | None,
    target: str | None,
    format_name: str | None,
    license_name: str,
    output_dir: str,
    yes: bool,
    dry_run: bool,
    git: bool,
    run_smoke: bool,
    as_json: bool,
) -> None:
    """Generate a project called NAME.

    On a terminal, what is not given is asked.
    """
    from pathlib import Path

    from dlscaffold import new as command

    command.run(
        command.Request(name, framework, target, format_name, license_name),
        output_dir=Path(output_dir),
        yes=yes,
        dry_run=dry_run,
        git=git,
        run_smoke=run_smoke,
        as_json=as_json,
    )


@main.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Show the frameworks, targets and formats, and which pairs fit."""
    from dlscaffold import listing

    listing.run(as_json=as_json)


@main.command(
    epilog="""\b
Examples:
  dlscaffold smoke shop-digits
  dlscaffold smoke shop-digits --from export
  dlscaffold smoke shop-digits --python ~/envs/tf/bin/python
"""
)
@click.argument("path", type=PATH, default=".")
@click.option(
    "--python",
    type=click.Path(dir_okay=False),
    help="Interpreter to install into and to use, instead of a .venv in the project.",
)
@click.option(
    "--from", "first", type=STEP, help="Start here; what came before is kept."
)
@json_option
def smoke(path: str, python: str | None, first: str | None, as_json: bool) -> None:
    """Run the project in PATH from nothing: install, train, export, smoke-test."""
    from pathlib import Path

    from dlscaffold import smoke as command

    command.run(Path(path), python=python, first=first, as_json=as_json)


@main.command(
    epilog="""\b
Example:
  dlscaffold eject --framework keras --target flask ./keras-flask-template
  cookiecutter ./keras-flask-template
"""
)
@click.option("-f", "--framework", type=FRAMEWORK, required=True)
@click.option("-t", "--target", type=TARGET, required=True)
@click.option("--format", "format_name", type=FORMAT, help="What joins the two.")
@license_option
@click.argument("directory", type=PATH)
def eject(
    framework: str,
    target: str,
    format_name: str | None,
    license_name: str,
    directory: str,
) -> None:
    """Write the composed template to DIRECTORY, for plain Cookiecutter."""
    from pathlib import Path

    from dlscaffold import catalog, project

    cell = catalog.find_cell(framework, target, format_name)
    project.eject(cell, license_name, Path(directory))
    click.echo(f"Wrote {directory}; next:\n\n  cookiecutter {directory}")
