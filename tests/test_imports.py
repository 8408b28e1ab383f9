"""Which part of the generator may import which: down only, and never in a circle."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import dlscaffold

SOURCE = Path(dlscaffold.__file__).parent
BASE = {"errors", "toml", "digest", "__init__"}
LAYERS = {"layers", *BASE}
WINGS = {
    "models": LAYERS,
    "running": LAYERS,
    "advice": {"models", *LAYERS},
    "doctor": {"advice", "models", "running", *LAYERS},
    "project": {"advice", "data", "models", "running", *LAYERS},
}
# What each part may import, beside itself; functions are no exception.
ALLOWED = {
    "__init__": set[str](),
    "digest": {"__init__"},
    "toml": {"__init__"},
    "errors": {"__init__"},
    "data": {"errors", "digest"},
    "layers": BASE,
    **WINGS,
    "commands": {*WINGS, *LAYERS},
    "options": {"advice", *LAYERS},
    "cli": {"options", "commands", *WINGS, *LAYERS},
    "__main__": {"cli"},
}


def modules() -> dict[str, Path]:
    """Return every module of the generator by its full name."""
    found = {}
    for file in SOURCE.rglob("*.py"):
        parts = ("dlscaffold", *file.relative_to(SOURCE).with_suffix("").parts)
        found[".".join(p for p in parts if p != "__init__")] = file
    return found


MODULES = modules()


def part(module: str) -> str:
    """Return the part of the generator that a module belongs to."""
    return module.split(".")[1] if "." in module else "__init__"


def imported(file: Path) -> Iterator[str]:
    """Yield the generator's own modules that a file imports, in functions too."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file} imports relatively"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            if name.partition(".")[0] == "dlscaffold":
                yield name if name in MODULES else name.rpartition(".")[0]


def test_every_part_has_its_place() -> None:
    assert {part(module) for module in MODULES} == set(ALLOWED)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_point_down(module: str) -> None:
    own = part(module)
    for name in imported(MODULES[module]):
        assert part(name) in {own, *ALLOWED[own]}, f"{module} imports {name}"


def test_the_allowed_directions_make_no_circle() -> None:
    above: dict[str, set[str]] = {}
    for name, below in reversed(ALLOWED.items()):
        assert not below & {name, *above}, f"{name} may import what imports it"
        above[name] = below


def test_no_modules_import_each_other() -> None:
    """Not in a circle of any length, nor hidden inside a function."""
    waiting = {name: set(imported(file)) - {name} for name, file in MODULES.items()}
    while ready := [name for name, needs in waiting.items() if not needs]:
        for name in ready:
            del waiting[name]
        for needs in waiting.values():
            needs.difference_update(ready)
    assert not waiting, f"these wait for each other: {waiting}"


def test_help_loads_little_beside_click() -> None:
    """So `--help` costs little more: what a command needs is imported later."""
    script = (
        "import sys, click; before = set(sys.modules); import dlscaffold.cli;"
        "print(*(set(sys.modules) - before))"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    further = {m for m in done.stdout.split() if not m.startswith("dlscaffold")}
    assert further <= {"_locale", "locale"}
    assert "dlscaffold.layers.catalog" not in done.stdout.split()
