"""What every generated project has to be, in every legal combination."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import CATALOG, CELLS, EVERY_CELL, files_below, tree
from dlscaffold.errors import LayerError
from dlscaffold.layers import compose
from dlscaffold.layers.catalog import Cell
from dlscaffold.project import rendering as project
from dlscaffold.project.names import DEVICES

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Rendered = tuple[project.Answers, Path]

PAIRS_OF_THE_DOCUMENT = {
    ("tensorflow", "tensorflow-serving"),
    ("tensorflow", "flask"),
    ("keras", "tensorflow-serving"),
    ("keras", "flask"),
    ("pytorch", "pytorch-mobile"),
    ("pytorch", "flask"),
}


def test_pairs_of_the_document_are_there() -> None:
    pairs = {(cell.framework.name, cell.target.name) for cell in CELLS}
    assert pairs >= PAIRS_OF_THE_DOCUMENT


def test_exact_files(cell: Cell, rendered: Rendered) -> None:
    """The tree that was reviewed; `python tests/update_trees.py` writes a new one."""
    answers, folder = rendered
    files = sorted(files_below(folder))
    assert files == sorted(answers.files)
    copies = answers.given.copies if answers.given else {}
    files = [path for path in files if path not in copies]
    generic = [path.replace(answers.names.package, "PACKAGE") for path in files]
    expected = tree(cell).read_text("utf-8").split("\n")
    assert sorted(generic) == sorted(filter(None, expected))


def test_no_tree_without_a_cell() -> None:
    expected = {tree(cell) for cell in EVERY_CELL}
    folders = {file.parent for file in expected}
    assert {file for folder in folders for file in folder.iterdir()} == expected


def test_no_trace_of_the_templates(rendered: Rendered) -> None:
    for path, content in files_below(rendered[1]).items():
        text = content.decode("utf-8").replace("${{", "$((")
        # Flask's page templates, of the project itself, hold braces by right.
        braces = "" if "/templates/" in str(path) else r"\{\{|\{%|\{#|"
        leftover = re.search(braces + "[cC]ookiecutter", text)
        assert leftover is None, f"{path}: {text[leftover.start() :][:60]!r}"


def test_no_file_is_empty_or_ragged(rendered: Rendered) -> None:
    for path, content in files_below(rendered[1]).items():
        text = content.decode("utf-8")
        assert text.strip(), path
        assert text.endswith("\n"), path
        assert not text.endswith("\n\n"), path
        # Python's own two blank lines are for ruff to judge.
        assert path.endswith(".py") or "\n\n\n" not in text, path
        assert b"\r" not in content, path
        for line in text.splitlines():
            assert line == line.rstrip(), f"{path}: {line!r}"


def test_paths_are_legal_on_windows(rendered: Rendered) -> None:
    files = list(files_below(rendered[1]))
    assert len({path.lower() for path in files}) == len(files)
    for path in files:
        assert len(path) < 160
        for part in path.split("/"):
            assert not re.search(r'[<>:"|?*\\]|[. ]$', part), path
            assert part.partition(".")[0].lower() not in DEVICES, path


def test_python_files_compile(rendered: Rendered) -> None:
    for path, content in files_below(rendered[1]).items():
        if path.endswith(".py"):
            compile(content, path, "exec")


def test_settings_are_readable(rendered: Rendered) -> None:
    answers, folder = rendered
    settings = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
    assert settings["project"]["name"] == answers.names.slug
    assert settings["project"]["description"] == answers.names.project
    manifest = json.loads((folder / ".dlscaffold.json").read_text("utf-8"))
    assert manifest["package"] == answers.names.package


def test_requirements_are_pinned_to_a_minor_version(rendered: Rendered) -> None:
    for file in (rendered[1] / "requirements").glob("*.txt"):
        for line in file.read_text("utf-8").splitlines():
            if line and not line.startswith(("#", "-r ")):
                assert re.match(r"[A-Za-z][\w.\[\]-]*==\d+\.", line), f"{file}: {line}"


# What is imported under another name than it is installed under, or comes with another.
DISTRIBUTIONS = {
    "PIL": "pillow",
    "google": "protobuf",
    "grpc": "grpcio",
    "sklearn": "scikit-learn",
    "tensorflow": "tensorflow-cpu",
    "torchao": "executorch",
    "urllib3": "requests",
    "werkzeug": "flask",
}


def test_what_is_imported_is_required(rendered: Rendered) -> None:
    """In an environment of its own, each module of the package can be imported."""
    answers, folder = rendered
    required = {
        requirement.lower()
        for file in (folder / "requirements").glob("*.txt")
        for requirement in re.findall(
            r"^[A-Za-z][\w.-]*", file.read_text(), re.MULTILINE
        )
    }
    for file in (folder / answers.names.package).rglob("*.py"):
        for module in imported(file) - sys.stdlib_module_names:
            name = DISTRIBUTIONS.get(module, module).replace("_", "-").lower()
            assert name in required, f"{file.name} imports {module}"


def imported(file: Path) -> set[str]:
    """Return the top-level modules that a file imports, its own package left out."""
    modules = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            modules.add(node.module.partition(".")[0])
    return modules


def steps(rendered: Rendered) -> list[str]:
    """Return what the project does before its tests."""
    manifest = json.loads((rendered[1] / ".dlscaffold.json").read_text("utf-8"))
    found: list[str] = manifest["steps"].split()
    return found


def test_makefile_names_every_command(rendered: Rendered) -> None:
    done = subprocess.run(
        ["make", "help"], cwd=rendered[1], capture_output=True, text=True, check=True
    )
    for command in ("install", *steps(rendered), "test", "lint"):
        assert re.search(rf"^{command} ", done.stdout, re.MULTILINE), done.stdout


def test_the_commands_of_the_readme_exist(rendered: Rendered) -> None:
    answers, folder = rendered
    package = re.escape(answers.names.package)
    readme = (folder / "README.md").read_text("utf-8")
    modules = set(re.findall(rf"-m {package}\.([\w.]+)", readme))
    assert set(steps(rendered)) <= modules
    for module in modules:
        path = folder.joinpath(answers.names.package, *module.split("."))
        file = path / "__main__.py" if path.is_dir() else path.with_suffix(".py")
        assert file.is_file(), module
    makefile = (folder / "Makefile").read_text("utf-8")
    for line in re.findall(r"^make ([a-z -]+)", readme, re.MULTILINE):
        for goal in line.split():
            assert re.search(rf"^{goal}:", makefile, re.MULTILINE), goal


def test_every_file_has_one_owner() -> None:
    for cell in EVERY_CELL:
        for license_name in ("MIT", "proprietary"):
            compose.plan(cell.layers(license_name))


def test_two_layers_cannot_bring_the_same_file() -> None:
    layer = CELLS[0].framework
    with pytest.raises(LayerError, match="both bring"):
        compose.plan([layer, layer])


def test_every_layer_is_used_by_some_cell() -> None:
    """No format that nothing exports, no shared layer that nothing includes."""
    used = {
        layer.path
        for cell in EVERY_CELL
        for license_name in CATALOG.names("licenses")
        for layer in cell.layers(license_name)
    }
    kinds = (
        "frameworks",
        "models",
        "targets",
        "formats",
        "shared",
        "extras",
        "frameworks/*/exports",
        "models/*/exports",
        "*/*/with",
    )
    for kind in (*kinds, "licenses"):
        found = (path for root in CATALOG.roots for path in root.glob(f"{kind}/*"))
        folders = {path for path in found if path.is_dir()}
        assert folders
        assert folders <= used, kind
