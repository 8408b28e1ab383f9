"""Render a project into staging and move it into place, whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dlscaffold import __version__
from dlscaffold.advice import guidance
from dlscaffold.errors import ScaffoldError
from dlscaffold.layers import catalog, compose
from dlscaffold.layers.catalog import Cell, Layer
from dlscaffold.layers.pythons import as_text, pythons_of
from dlscaffold.project.names import SLUG_LENGTH, Names
from dlscaffold.running.ending import ending_cleanly

if TYPE_CHECKING:
    from dlscaffold.project.given import Given


class LayerError(Exception):
    """The templates do not render: a fault of the layers, not of their user."""


@dataclass(frozen=True)
class Answers:
    """Everything that decides what is generated; the same answers, the same bytes."""

    names: Names
    cell: Cell
    license: str
    given: Given | None = None

    @cached_property
    def owners(self) -> dict[str, Layer]:
        """Each file of the composed template with the layer that brings it."""
        return compose.plan(self.cell.layers(self.license))

    @property
    def files(self) -> dict[str, Layer]:
        """Each file of the project with the layer that it comes from."""
        rendered = {
            self._rendered(path): layer
            for path, layer in self.owners.items()
            if path.startswith(compose.PROJECT)
        }
        copies = self.given.copies if self.given else {}
        return {**rendered, **dict.fromkeys(copies, self.cell.framework)}

    def _rendered(self, path: str) -> str:
        inside = path.removeprefix(f"{compose.PROJECT}/")
        slug, package = self.names.slug, self.names.package
        inside = inside.replace("{{cookiecutter.project_slug}}", slug)
        return inside.replace("{{cookiecutter.package_name}}", package)

    @cached_property
    def context(self) -> dict[str, object]:
        """The values that the templates are rendered with."""
        return {
            "project_name": self.names.project,
            "project_slug": self.names.slug,
            "package_name": self.names.package,
            **fixed_context(self.cell, self.license),
            **(self.given.context if self.given else {}),
        }


def fixed_context(cell: Cell, license_name: str) -> dict[str, object]:
    """Return the values that the combination decides, not the person who names it."""
    layers = cell.layers(license_name)
    pythons = pythons_of(layers)
    return {
        "_dlscaffold": __version__,
        "_framework": cell.framework.name,
        "_framework_title": cell.framework.title,
        "_backend": cell.backend_name,
        "_target": cell.target.name,
        "_target_title": cell.target.title,
        "_format": cell.format.name,
        "_format_title": cell.format.title,
        "_license": license_name,
        "_guidance": guidance.for_cell(cell),
        "_python": as_text(pythons.least),
        "_requires_python": str(pythons),
        **layer_context(layers),
        "_jinja2_env_vars": {"lstrip_blocks": True, "trim_blocks": True},
        "_new_lines": "\n",
    }


def layer_context(layers: list[catalog.Layer]) -> dict[str, object]:
    """Return the values that manifests declare under `[context]`, as `_name`."""
    values: dict[str, object] = {}
    for layer in layers:
        for name, value in layer.manifest.get("context", {}).items():
            if values.setdefault(f"_{name}", value) != value:
                message = f"{layer.label} and another layer both set {name}"
                raise compose.LayerConflictError(message)
    return values


def template_context(cell: Cell, license_name: str) -> dict[str, object]:
    """Return the `cookiecutter.json` of the composed template: questions, defaults."""
    slug = f"slugify(max_length={SLUG_LENGTH}, word_boundary=True)"
    return {
        "project_name": "Digit Classifier",
        "project_slug": f"{{{{ cookiecutter.project_name | {slug} }}}}",
        "package_name": "{{ cookiecutter.project_slug | replace('-', '_') }}",
        **fixed_context(cell, license_name),
    }


def generate(answers: Answers, output_dir: Path) -> Path:
    """Render the project into `output_dir` and return its folder.

    Raises ScaffoldError where the destination is taken or cannot be written; then
    nothing has changed there.
    """
    destination = output_dir / answers.names.slug
    refuse_taken(destination)
    with _staging() as folder:
        with _one_sentence(Path(tempfile.gettempdir()), "make room, or set TMPDIR"):
            staged = _render(answers, folder)
            if answers.given:
                answers.given.copy_to(staged)
        with _one_sentence(destination, "choose another folder"):
            _move(staged, destination)
    return destination


def refuse_taken(destination: Path) -> None:
    """Raise ScaffoldError if something is there that a project would disturb."""
    if not os.path.lexists(destination):
        return
    if destination.resolve() == Path.cwd():
        raise ScaffoldError(
            f"{destination} is the folder that you are in, and would be replaced; "
            "name a new one in it."
        )
    if destination.is_dir() and not destination.is_symlink() and _is_empty(destination):
        return
    raise ScaffoldError(
        f"{destination} already exists; choose another name, or another folder with -o."
    )


def _is_empty(folder: Path) -> bool:
    return next(folder.iterdir(), None) is None


def _render(answers: Answers, folder: Path) -> Path:
    # Imported here: it takes 0.1 s that other commands need not pay.
    from cookiecutter.generate import generate_files
    from jinja2 import TemplateError

    template = folder / "template"
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
    except TemplateError as error:  # one of its kinds is also an OSError
        raise LayerError(f"{answers.cell.name}: {error}") from error
    return Path(rendered)


def _move(staged: Path, destination: Path) -> None:
    """Put the finished folder in place by one rename, which succeeds whole or fails."""
    with _parents(destination):
        if _same_device(staged, destination.parent):
            _replace_empty(staged, destination)
            return
        # A rename does not cross devices: copy beside the destination first.
        with tempfile.TemporaryDirectory(
            dir=destination.parent, prefix=".dlscaffold-"
        ) as beside:
            copy = Path(beside) / staged.name
            shutil.copytree(staged, copy)
            _replace_empty(copy, destination)


@contextmanager
def _parents(destination: Path) -> Iterator[None]:
    """Make the folders above; take those that are new away again if it fails."""
    above = list(destination.parents)
    new = [folder for folder in above if not folder.exists()]
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for folder in new:
            with suppress(OSError):
                folder.rmdir()
        raise


def _replace_empty(staged: Path, destination: Path) -> None:
    if destination.is_dir():
        destination.rmdir()
    staged.rename(destination)


def _same_device(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev


def eject(cell: Cell, license_name: str, destination: Path) -> None:
    """Write the composed template, ready for plain Cookiecutter, to a folder.

    Raises ScaffoldError where the destination is taken or cannot be written.
    """
    refuse_taken(destination)
    owners = compose.plan(cell.layers(license_name))
    with _staging() as folder:
        template = folder / "template"
        with _one_sentence(Path(tempfile.gettempdir()), "make room, or set TMPDIR"):
            compose.compose(owners, template_context(cell, license_name), template)
        with _one_sentence(destination, "choose another folder"):
            _move(template, destination)


@contextmanager
def _staging() -> Iterator[Path]:
    """Yield a temporary folder that is removed even if this process is told to end."""
    with ending_cleanly(), tempfile.TemporaryDirectory(prefix="dlscaffold-") as folder:
        yield Path(folder)


@contextmanager
def _one_sentence(path: Path, mend: str) -> Iterator[None]:
    """Turn what the system refuses into one sentence on the path, with the mend."""
    try:
        yield
    except OSError as error:
        # copytree collects a list of errors, of which any says why.
        many = error.args[0] if isinstance(error, shutil.Error) else []
        reason = str(many[0][-1]) if many else error.strerror or str(error)
        raise ScaffoldError(f"Cannot write {path} ({reason}); {mend}.") from error
