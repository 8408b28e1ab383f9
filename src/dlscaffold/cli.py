"""The command line: options and help only; each command is one call into a function.

A command's module is imported when it is run, so that `--help` costs little over Click.
"""

import os
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import Any

import click

from dlscaffold import __version__
from dlscaffold.errors import ScaffoldError
from dlscaffold.layers.choices import VARIABLE
from dlscaffold.options import (
    FRAMEWORK,
    PATH,
    STEP,
    TARGET,
    TASK,
    Advice,
    app_option,
    backend_option,
    extra_option,
    format_option,
    json_option,
    license_option,
)


def run(command: str, options: dict[str, Any]) -> None:
    """Run a command with its options."""
    import_module(f"dlscaffold.commands.{command}").run(**options)


class Commands(click.Group):
    """The commands; an error of the system is one sentence in any of them."""

    def main(self, *args: Any, **options: Any) -> Any:
        """Run the command that was asked for."""
        # A pipe on Windows cannot carry every character: a `?` is better than an error.
        if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors == "strict":
            sys.stdout.reconfigure(errors="replace")
        try:
            return super().main(*args, **options)
        except OSError as error:
            message = f"The system reports: {error}; free space, or change permissions."
            ScaffoldError(message).show()
            sys.exit(ScaffoldError.exit_code)


@click.group(
    cls=Commands,
    epilog="""\b
Examples:
  dlscaffold new                                ask, then generate
  dlscaffold new shop-digits -f keras -t flask  generate, asking nothing
  dlscaffold smoke shop-digits                  train, export and test it
""",
)
@click.version_option(__version__, prog_name="dlscaffold")
def main() -> None:
    """Serve what you trained: generate a tested deployment project.

    Pick a framework and a deployment target; get a project that trains on real data,
    exports, serves, and proves that what is served equals what was trained.
    """
    if os.environ.get(VARIABLE):
        from dlscaffold.layers.catalog import installed
        from dlscaffold.layers.checking import check

        check(installed())


@main.command(
    epilog="""\b
Examples:
  dlscaffold new
  dlscaffold new "Shop digits" --framework keras --target flask
  dlscaffold new --framework pytorch --target pytorch-mobile --dry-run
  dlscaffold new --framework keras --backend jax --target tensorflow-serving
  dlscaffold new wines --data wines.csv --label cultivar -f keras -t flask
  dlscaffold new shop-ranker --model ranker.keras --target flask
  dlscaffold new digits -f tensorflow -t tensorflow-serving -o ~/work --smoke
"""
)
@click.argument("name", required=False)
@click.option("-f", "--framework", type=FRAMEWORK, help="What the model is trained in.")
@click.option("-t", "--target", type=TARGET, help="What serves it.")
@format_option
@backend_option
@click.option(
    "-m", "--model", type=PATH, help="Start from this model instead of training one."
)
@click.option("--task", type=TASK, help="What the model is about.")
@click.option(
    "--data",
    type=PATH,
    help="Train on this folder of classes, CSV or TSV file.",
)
@click.option("--label", metavar="COLUMN", help="The column of it to predict.")
@click.option("--text", metavar="COLUMN", help="The column of it that holds texts.")
@click.option(
    "--examples", type=PATH, help="Inputs for it, by name: an .npz, .npy or .json file."
)
@click.option("--python", type=PATH, help="Interpreter with the model's framework.")
@click.option(
    "--trust", is_flag=True, help="Accept code in the model, as in Lambda layers."
)
@app_option
@extra_option
@license_option
@click.option(
    "-o", "--output-dir", type=PATH, default=".", help="The folder to create it in."
)
@click.option(
    "-y", "--yes", is_flag=True, help="Use the default for what is not given."
)
@click.option("--dry-run", is_flag=True, help="Print the files and write nothing.")
@click.option(
    "--git/--no-git", default=False, help="Commit it to a new Git repository."
)
@click.option(
    "--smoke", "run_smoke", is_flag=True, help="Run the smoke tests afterwards."
)
@json_option
def new(**options: Any) -> None:
    """Generate a project called NAME.

    On a terminal, what is not given is asked.
    """
    run("new", options)


@main.command("list")
@json_option
def list_(**options: Any) -> None:
    """Show frameworks, targets, formats, apps and extras, and what fits together."""
    run("list", options)


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
def smoke(**options: Any) -> None:
    """Run the project in PATH from nothing: install, train, export, smoke-test.

    uv makes the environment where it is installed, with what pip is configured to
    find; otherwise Python's venv and pip do.
    """
    run("smoke", options)


@main.command(
    epilog="""\b
Example:
  dlscaffold eject --framework keras --target flask ./keras-flask-template
  cookiecutter ./keras-flask-template
"""
)
@click.option("-f", "--framework", type=FRAMEWORK, required=True)
@click.option("-t", "--target", type=TARGET, required=True)
@format_option
@backend_option
@app_option
@extra_option
@license_option
@click.argument("directory", type=PATH)
def eject(**options: Any) -> None:
    """Write the composed template to DIRECTORY, for plain Cookiecutter."""
    run("eject", options)


@main.command(
    epilog="""\b
Examples:
  dlscaffold compare
  dlscaffold compare keras pytorch
"""
)
@click.argument("frameworks", type=FRAMEWORK, nargs=-1, metavar="[FRAMEWORK]...")
@json_option
def compare(**options: Any) -> None:
    """Compare the frameworks: the document's words, and what holds today."""
    run("compare", options)


@main.command(
    cls=Advice,
    epilog="""\b
Examples:
  dlscaffold recommend
  dlscaffold recommend --framework keras --where server --python yes
  dlscaffold recommend --model classifier.pt --where phone --json

Exit status: 0 with a recommendation, 1 if nothing fits, 2 if an answer is not valid or
two contradict each other.
""",
)
@click.option(
    "--model",
    type=PATH,
    help="A model's file or folder, which gives the framework and the size.",
)
@json_option
def recommend(**options: Any) -> None:
    """Recommend a framework and a target, with reasons for and against.

    On a terminal, it asks for what is not given and could change the choice.
    """
    run("recommend", options)


@main.command(
    epilog="""\b
Examples:
  dlscaffold inspect ranker.onnx
  dlscaffold inspect saved_models/ranker --json
  dlscaffold inspect ranker.h5 --python ~/envs/tf/bin/python
"""
)
@click.argument("model", type=PATH)
@click.option(
    "--python",
    type=click.Path(dir_okay=False),
    help="Interpreter with Keras and h5py, to read .h5 files and build Keras models.",
)
@click.option(
    "--trust",
    is_flag=True,
    help="Accept Lambda layers; with --python, their code is run.",
)
@json_option
def inspect(**options: Any) -> None:
    """Show what MODEL is and which targets it fits, without running its code.

    Reads SavedModel folders, .keras, .h5, .onnx, .tflite, TorchScript, .pt2, .ptl and
    .pte files.
    """
    run("inspect", options)


@main.command(
    epilog="""\b
Examples:
  dlscaffold doctor
  dlscaffold doctor shop-digits

Exit status: 1 if something is missing in the project, or, outside one, if no pair works
on this machine; otherwise 0.
"""
)
@click.argument("path", type=PATH, default=".")
@json_option
def doctor(**options: Any) -> None:
    """Check what this machine can do for each pair, and the project in PATH."""
    run("doctor", options)
