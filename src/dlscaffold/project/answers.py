"""Everything that decides what is generated, and the values that follow from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dlscaffold import __version__
from dlscaffold.advice import guidance
from dlscaffold.data import Data
from dlscaffold.errors import LayerError
from dlscaffold.layers import compose
from dlscaffold.layers.catalog import Cell
from dlscaffold.layers.layer import Layer
from dlscaffold.layers.pythons import as_text, pythons_of
from dlscaffold.project import own
from dlscaffold.project.given import Given
from dlscaffold.project.names import SLUG_LENGTH, Names


@dataclass(frozen=True)
class Answers:
    """Everything that decides what is generated; the same answers, the same bytes."""

    names: Names
    cell: Cell
    license: str
    given: Given | None = None
    data: Data | None = None

    @cached_property
    def owners(self) -> dict[str, Layer]:
        """Each file of the composed template with the layer that brings it."""
        return compose.plan(self.cell.layers(self.license))

    @property
    def files(self) -> dict[str, Layer]:
        """Each file of the project with the layer that it comes from."""
        slug, package = self.names.slug, self.names.package
        rendered = {
            path.removeprefix(f"{compose.PROJECT}/")
            .replace("{{cookiecutter.project_slug}}", slug)
            .replace("{{cookiecutter.package_name}}", package): layer
            for path, layer in self.owners.items()
            if path.startswith(compose.PROJECT)
        }
        return {**rendered, **dict.fromkeys(self.copies, self.cell.framework)}

    @property
    def copies(self) -> dict[str, Path]:
        """The person's files that the project contains: path there, and source."""
        return (self.given.copies if self.given else {}) | (
            own.copies(self.data) if self.data else {}
        )

    @cached_property
    def context(self) -> dict[str, object]:
        """The values that the templates are rendered with."""
        return {
            "project_name": self.names.project,
            "project_slug": self.names.slug,
            "package_name": self.names.package,
            **fixed_context(self.cell, self.license),
            **(self.given.context if self.given else {}),
            **(own.context(self.data) if self.data else {}),
        }


def template_context(cell: Cell, license_name: str) -> dict[str, object]:
    """Return the `cookiecutter.json` of the composed template: questions, defaults."""
    slug = f"slugify(max_length={SLUG_LENGTH}, word_boundary=True)"
    return {
        "project_name": "Digit Classifier",
        "project_slug": f"{{{{ cookiecutter.project_name | {slug} }}}}",
        "package_name": "{{ cookiecutter.project_slug | replace('-', '_') }}",
        **fixed_context(cell, license_name),
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
        "_task": cell.task.name if cell.task else None,
        "_license": license_name,
        "_apps": [app.name for app in cell.apps],
        "_extras": [extra.name for extra in cell.extras],
        "_guidance": guidance.load(cell.catalog).for_cell(cell),
        "_python": as_text(pythons.least),
        "_requires_python": str(pythons),
        **layer_context(one for one in layers if one not in cell.start),
        **layer_context(cell.start),  # which may set what others have defaults for
        "_jinja2_env_vars": {"lstrip_blocks": True, "trim_blocks": True},
        "_new_lines": "\n",
    }


def layer_context(layers: Iterable[Layer]) -> dict[str, object]:
    """Return the values that manifests declare under `[context]`, as `_name`.

    Raises LayerError where two layers set one name to different values.
    """
    owners: dict[str, Layer] = {}
    for layer in layers:
        for name, value in layer.context.items():
            owner = owners.setdefault(name, layer)
            if owner.context[name] != value:
                raise LayerError(
                    f"{owner.path} and {layer.path} set `{name}` under [context] to "
                    "different values: rename one of the two."
                )
    return {f"_{name}": layer.context[name] for name, layer in owners.items()}
