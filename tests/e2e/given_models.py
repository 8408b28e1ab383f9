"""Projects made from models that somebody already has, exported and ready to serve."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from e2e.conftest import Smoked

WRITERS = Path(__file__).parent / "models"
RANKER = Path(__file__).parents[1] / "models" / "ranker.onnx"


def write(script: str, python: str, folder: Path) -> Path:
    """Run a script that writes models to a folder, and return the folder."""
    folder.mkdir()
    succeed([python, WRITERS / script, folder])
    return folder


def export(
    model: Path,
    python: str,
    root: Path,
    target: str = "flask",
    examples: Path | None = None,
) -> Smoked:
    """Generate a project for a model below a folder, and export it."""
    generate = [sys.executable, "-m", "dlscaffold", "new", model.stem, "--json"]
    options = ["--model", model, "--target", target, "--output-dir", root]
    own: list[str | Path] = ["--examples", examples] if examples else []
    said = json.loads(succeed([*generate, *options, *own]))
    folder = Path(said["path"])  # of another name, where that one is taken
    succeed([python, "-m", f"{said['package']}.export"], folder)
    return Smoked(folder, said["package"], python, {})


def succeed(command: list[str | Path], folder: Path | None = None) -> str:
    """Run a command, and return what it prints."""
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout
