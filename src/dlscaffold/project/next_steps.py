"""What a person should know and run after generating a project."""

import os
import shlex
import sys
from pathlib import Path

from dlscaffold.advice import guidance
from dlscaffold.layers.catalog import Cell
from dlscaffold.layers.layer import shared_formats
from dlscaffold.project.answers import Answers


def next_commands(answers: Answers, destination: Path) -> list[str]:
    """Return what to run after generating, ready to copy."""
    bin_folder = "Scripts" if os.name == "nt" else "bin"
    python = str(Path(".venv") / bin_folder / "python")
    package = answers.names.package
    return [
        f"cd {shlex.quote(str(destination))}",
        "dlscaffold smoke",
        *(
            command.format(python=python, package=package)
            for command in answers.cell.target.next_commands
        ),
    ]


def notices(cell: Cell) -> list[str]:
    """Return what to know before going on: lifecycles, and how to install here."""
    layers = [cell.framework, *([cell.backend] if cell.backend else [])]
    here = [text for layer in layers if (text := layer.notice(sys.platform))]
    return [*guidance.load(cell.catalog).notices(cell), *_why_backend(cell), *here]


def _why_backend(cell: Cell) -> list[str]:
    """Return why another backend computes than the one that the framework prefers."""
    for preferred in cell.framework.backends[:1]:
        if cell.special_backend and not shared_formats(preferred, cell.target):
            title = cell.framework.title_on(preferred)
            return [
                f"{title} exports nothing that {cell.target.title} loads, so the "
                f"project uses the backend {cell.special_backend.title} "
                f"(--backend {cell.backend_name})."
            ]
    return []
