"""Render the layers to a project, or compose them to a template for Cookiecutter."""

import shutil
from pathlib import Path

from dlscaffold.errors import LayerError
from dlscaffold.layers import compose
from dlscaffold.layers.catalog import Cell
from dlscaffold.project.answers import Answers, template_context
from dlscaffold.project.placing import move, refuse_taken, staging


def generate(answers: Answers, output_dir: Path) -> Path:
    """Render the project into `output_dir` and return its folder.

    Raises ScaffoldError where the destination is taken or cannot be written; then
    nothing has changed there.
    """
    destination = output_dir / answers.names.slug
    refuse_taken(destination)
    with staging() as folder:
        staged = _render(answers, folder)
        for name, source in answers.copies.items():
            (staged / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, staged / name)
        move(staged, destination)
    return destination


def eject(cell: Cell, license_name: str, destination: Path) -> None:
    """Write the composed template, ready for plain Cookiecutter, to a folder.

    Raises ScaffoldError where the destination is taken or cannot be written.
    """
    refuse_taken(destination)
    owners = compose.plan(cell.layers(license_name))
    with staging() as folder:
        template = folder / "template"
        compose.compose(owners, template_context(cell, license_name), template)
        move(template, destination)


def _render(answers: Answers, folder: Path) -> Path:
    # Imported here: it takes 0.1 s that other commands need not pay.
    from cookiecutter.generate import generate_files
    from jinja2 import TemplateError, TemplateNotFound

    cell, template = answers.cell, folder / "template"
    compose.compose(answers.owners, answers.context, template)
    # Rendered without Cookiecutter's prompting: that would render the answers as
    # templates too, and read and write files in the user's home.
    try:
        rendered = generate_files(
            template,
            {"cookiecutter": answers.context},
            output_dir=folder / "staging",
            accept_hooks=False,
        )
    except TemplateNotFound as error:
        # The name of a needed partial says which kind of layer lends it.
        lenders = {"framework": cell.framework, "target": cell.target}
        lender = lenders.get(Path(str(error.name)).stem)
        where = str(lender.path) if lender else f"a layer of {cell.name}"
        raise LayerError(
            f"The file {error.name} is missing; add templates/{error.name} to {where}."
        ) from error
    except TemplateError as error:  # one of its kinds is also an OSError
        raise LayerError(f"{cell.name}: {error}") from error
    return Path(rendered)
