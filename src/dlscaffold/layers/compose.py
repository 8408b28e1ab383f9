"""Layers in, one ordinary Cookiecutter template out."""

import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from dlscaffold.errors import LayerError
from dlscaffold.layers.layer import Layer

PROJECT = "{{cookiecutter.project_slug}}"
PARTIALS = "templates"
HOOKS = "hooks"
CONTEXT = "cookiecutter.json"


def plan(layers: Iterable[Layer]) -> dict[str, Layer]:
    """Return each file of the composed template with the layer that brings it.

    The paths have slashes on every system and are sorted. Raises LayerError
    where two layers bring the same path.
    """
    owners: dict[str, Layer] = {}
    for layer in layers:
        for path in template_files(layer):
            if path in owners:
                others = f"{owners[path].path} and {layer.path}"
                raise LayerError(f"{others} both bring {path}: move it out of one.")
            owners[path] = layer
    return dict(sorted(owners.items()))


def template_files(layer: Layer) -> list[str]:
    """Return what the layer contributes: project files, partials it lends, hooks."""
    return [
        Path(folder, name).relative_to(layer.path).as_posix()
        for part in (PROJECT, PARTIALS, HOOKS)
        for folder, _, names in os.walk(layer.path / part)
        for name in names
        if "__pycache__" not in folder
    ]


def compose(
    owners: dict[str, Layer], context: dict[str, object], destination: Path
) -> None:
    """Write the composed template, with its `cookiecutter.json`, to a folder."""
    for path, layer in owners.items():
        file = destination / path
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(layer.path / path, file)
    text = json.dumps(context, indent=2, ensure_ascii=False) + "\n"
    destination.mkdir(parents=True, exist_ok=True)
    (destination / CONTEXT).write_text(text, "utf-8")
