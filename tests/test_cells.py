"""What every generated project has to be, in every legal combination."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import CATALOG, CELLS, EVERY_CELL, files_below, tree
from dlscaffold.errors import LayerError
from dlscaffold.layers import compose
from dlscaffold.layers.catalog import Cell
from dlscaffold.project import rendering as project
from dlscaffold.project.names import DEVICES, WRITTEN

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
    settings = pyproject(folder)
    assert settings["project"]["name"] == answers.names.slug
    assert settings["project"]["description"] == answers.names.project
    manifest = json.loads((folder / ".dlscaffold.json").read_text("utf-8"))
    assert manifest["package"] == answers.names.package


def pyproject(folder: Path) -> dict[str, Any]:
    """Return what a project's pyproject.toml says."""
    return tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))


def declared(folder: Path) -> dict[str, list[str]]:
    """Return a project's dependencies by extra; what it needs without any as `""`."""
    project = pyproject(folder)["project"]
    return {"": project["dependencies"], **project["optional-dependencies"]}


def test_dependencies_are_pinned_to_a_minor_version(rendered: Rendered) -> None:
    slug = rendered[0].names.slug
    for extra, requirements in declared(rendered[1]).items():
        for requirement in requirements:
            pinned = re.match(r"[A-Za-z][\w.-]*==\d+\.", requirement)
            assert pinned or requirement.startswith(f"{slug}["), requirement
        assert len(requirements) == len(set(requirements)), extra


def test_the_extra_dev_takes_all_that_the_steps_and_tests_need(
    rendered: Rendered,
) -> None:
    """So one name installs everything, for pip by the extra and for uv by the group."""
    slug, extras = rendered[0].names.slug, declared(rendered[1])
    taken = {name[len(slug) + 1 : -1] for name in extras["dev"] if slug in name}
    assert taken == extras.keys() - {"", "dev", "load"}
    assert pyproject(rendered[1])["dependency-groups"] == {"dev": [f"{slug}[dev]"]}


def test_no_extra_repeats_a_dependency(rendered: Rendered) -> None:
    extras = declared(rendered[1])
    base = set(extras.pop(""))
    for requirements in extras.values():
        assert requirements
        assert not base & set(requirements)


TRAINING = {"tensorflow", "tensorflow-cpu", "torch", "keras", "jax"}


def test_the_service_takes_no_training_framework_for_onnx(
    cell: Cell, rendered: Rendered
) -> None:
    if cell.format.name == "onnx":
        assert not TRAINING & set(distributions(declared(rendered[1])[""]))


def test_a_project_wants_a_python_that_has_wheels(rendered: Rendered) -> None:
    """TensorFlow 2.21 has none for Python 3.14; for 3.15, nothing has."""
    wanted = {d for r in declared(rendered[1]).values() for d in distributions(r)}
    newest = "3.14" if "tensorflow" in wanted else "3.15"
    assert pyproject(rendered[1])["project"]["requires-python"] == f">=3.11,<{newest}"


def distributions(requirements: list[str]) -> list[str]:
    """Return the names of what is required."""
    return [re.split(r"[\[=;]", requirement)[0] for requirement in requirements]


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
    required = {d for r in declared(folder).values() for d in distributions(r)}
    for file in (folder / answers.names.package).rglob("*.py"):
        for module in imported(file) - sys.stdlib_module_names:
            name = DISTRIBUTIONS.get(module, module).replace("_", "-").lower()
            assert name in required, f"{file.name} imports {module}"


def test_what_is_imported_from_the_package_is_there(rendered: Rendered) -> None:
    """Whatever the combination: a layer may not count on another's modules."""
    package = rendered[1] / rendered[0].names.package
    for file in package.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level:
                base = file.parents[node.level - 1]
                names = [node.module] if node.module else [n.name for n in node.names]
                for name in names:
                    path = base.joinpath(*name.split("."))
                    there = path.with_suffix(".py").exists() or path.is_dir()
                    assert there, f"{file.name} imports {name}"


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
    package = answers.names.package
    readme = (folder / "README.md").read_text("utf-8")
    modules = set(re.findall(rf"(?:-m|--app) {package}\.([\w.]+)", readme))
    assert set(steps(rendered)) <= modules
    for module in modules:
        path = folder.joinpath(package, *module.split("."))
        file = path / "__main__.py" if path.is_dir() else path.with_suffix(".py")
        assert file.is_file(), module
    for extra in re.findall(r"install .*\[([\w,]+)\]", readme):
        assert extra in declared(folder)
    makefile = (folder / "Makefile").read_text("utf-8")
    for line in re.findall(r"^make ([a-z -]+)", readme, re.MULTILINE):
        for goal in line.split():
            assert re.search(rf"^{goal}:", makefile, re.MULTILINE), goal


KINDS = "config html json kts md png pt2 pte ptl py sh swift tflite toml txt yaml yml"
FILE = re.compile(
    r"(?<![\w~/:.<>$-])"  # neither a part of a longer word nor of an address
    rf"([A-Za-z_.][\w.-]*/|(?:[A-Za-z_.][\w.-]*/)*[\w.-]+\.(?:{'|'.join(KINDS.split())}))"
    r"(?![\w/-])"
)
# Files of other projects that READMEs write about: LiteRT's sources, and what another
# target of the same model writes.
ELSEWHERE = {
    "bazel-bin/litert/swift/CLiteRT.xcframework.zip",
    "configure.py",
    "model.pt2",
    "model.pte",
    "prebuilt/",
    "Package.swift",
}


def test_the_files_of_the_readme_exist(rendered: Rendered) -> None:
    """They are generated, or some command of the project writes them."""
    folder = rendered[1]
    readme = (folder / "README.md").read_text("utf-8")
    files = {f"/{path}" for path in files_below(folder)}
    code = [path for path in folder.rglob("*.py") if "tests" not in path.parts]
    writers = "".join(p.read_text("utf-8") for p in [*code, folder / "Makefile"])
    commands, prose = commands_of(readme), prose_of(readme)
    for name in {*FILE.findall(commands), *FILE.findall(prose)} - ELSEWHERE:
        generated = any(f"{file}/".endswith(f"/{name}/") for file in files)
        is_folder = name.endswith("/") and any(f"/{name}" in file for file in files)
        written = name.rstrip("/").rpartition("/")[2] in writers
        assert generated or is_folder or written, f"README.md names {name}"
    for name in set(FILE.findall(commands)) - ELSEWHERE:
        place = name.partition("/")[0]
        assert f"/{name}" in files or place in WRITTEN, f"README.md runs {name}"


def commands_of(page: str) -> str:
    """Return the blocks of code in a page."""
    return "\n".join(re.findall(r"^```\n(.*?)^```", page, re.MULTILINE | re.DOTALL))


def prose_of(page: str) -> str:
    """Return what a page has in backticks outside of its blocks of code."""
    prose = re.sub(r"^```\n.*?^```", "", page, flags=re.MULTILINE | re.DOTALL)
    return "\n".join(re.findall(r"`([^`]+)`", prose))


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
        "tasks/*/sources",
        "tasks/*/goals",
        "*/*/with",
        "*/*/with/frameworks",
    )
    for kind in (*kinds, "licenses"):
        found = (path for root in CATALOG.roots for path in root.glob(f"{kind}/*"))
        folders = {path for path in found if path.is_dir()}
        folders = {path for path in folders if path.name != "frameworks"}
        assert folders
        assert folders <= used, kind
