"""What a framework computes on: what is legal, what is taken, what is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from conftest import CATALOG, CELLS, files_below
from dlscaffold.errors import UsageError
from dlscaffold.layers.catalog import Cell
from dlscaffold.layers.choices import backend_names
from dlscaffold.layers.finding import find_cell
from dlscaffold.layers.layer import Exporter, Framework, Layer, Target, shared_formats
from dlscaffold.project import names
from dlscaffold.project import rendering as project

Run = Callable[..., Result]
WITH_BACKENDS = [f for f in CATALOG.frameworks() if f.backends]
WITHOUT = [f for f in CATALOG.frameworks() if not f.backends]
PAIRS = [
    (f, b, t) for f in WITH_BACKENDS for b in f.backends for t in CATALOG.targets()
]


def name_of(layer: Layer) -> str:
    return layer.name


def test_the_framework_names_its_backends_once() -> None:
    for framework in WITH_BACKENDS:
        folders = {path.name for path in (framework.path / "backends").iterdir()}
        listed = [backend.name for backend in framework.backends]
        assert sorted(listed) == sorted(folders)
        assert folders <= set(backend_names())
        assert not (framework.path / "exports").exists()


def test_backends_of_the_document() -> None:
    """ "Various backend engines", each exporting what was found to work."""
    (keras,) = WITH_BACKENDS
    assert {backend.name: backend.exports for backend in keras.backends} == {
        "tensorflow": ["litert", "onnx", "saved-model"],
        "jax": ["saved-model"],
        "torch": ["executorch", "lite-interpreter", "onnx"],
    }


@pytest.mark.parametrize(("framework", "backend", "target"), PAIRS, ids=name_of)
def test_each_backend_fits_what_loads_its_exports(
    framework: Framework, backend: Exporter, target: Target
) -> None:
    shared = [name for name in target.consumes if name in backend.exports]
    legal = [
        cell.format.name
        for cell in CELLS
        if (cell.backend, cell.target) == (backend, target)
    ]
    assert legal == shared
    if shared:
        cell = find_cell(CATALOG, framework.name, target.name, None, backend.name)
        assert (cell.backend, cell.format.name) == (backend, shared[0])
    else:
        with pytest.raises(UsageError):
            find_cell(CATALOG, framework.name, target.name, None, backend.name)


@pytest.mark.parametrize(
    ("target", "format_name", "expected"),
    [
        ("flask", None, ("tensorflow", "onnx")),
        ("flask", "saved-model", ("tensorflow", "saved-model")),
        ("tensorflow-serving", None, ("tensorflow", "saved-model")),
        ("litert", None, ("tensorflow", "litert")),
        ("pytorch-mobile", None, ("torch", "lite-interpreter")),
        ("executorch", None, ("torch", "executorch")),
    ],
)
def test_the_first_backend_that_fits_is_taken(
    target: str, format_name: str | None, expected: tuple[str, str]
) -> None:
    cell = find_cell(CATALOG, "keras", target, format_name)
    assert (cell.backend_name, cell.format.name) == expected


def test_a_name_has_the_backend_only_where_it_is_not_the_default() -> None:
    assert len({cell.name for cell in CELLS}) == len(CELLS)
    for cell in CELLS:
        preferred = cell.backend in (None, *cell.framework.backends[:1])
        words = [cell.framework.name, cell.target.name, cell.format.name]
        if not preferred:
            words.insert(1, str(cell.backend_name))
        assert cell.name == "-".join(words)


def refused(result: Result) -> str:
    assert result.exit_code == 2
    assert result.stdout == ""
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("Error: ")
    return last


@pytest.mark.parametrize(("framework", "backend", "target"), PAIRS, ids=name_of)
def test_an_illegal_target_is_refused_with_what_fits(
    dlscaffold: Run,
    tmp_path: Path,
    framework: Framework,
    backend: Exporter,
    target: Target,
) -> None:
    words = ["-f", framework.name, "-t", target.name, "--backend", backend.name]
    result = dlscaffold("new", "x", *words, "-o", tmp_path, "--dry-run")
    if shared_formats(backend, target):
        assert result.exit_code == 0
        return
    line = refused(result)
    assert f"{framework.title} on {backend.title} exports" in line
    found = re.search(
        r"use --target (.*) with --backend \w+, or --backend (.*) w", line
    )
    assert found
    for name in found[1].split(" or "):
        assert find_cell(CATALOG, framework.name, name, None, backend.name)
    for name in found[2].split(" or "):
        assert find_cell(CATALOG, framework.name, target.name, None, name)


@pytest.mark.parametrize(
    "words", [("-t", "flask"), ("-t", "flask", "-y"), ("-y",), ()], ids=" ".join
)
@pytest.mark.parametrize("framework", WITHOUT, ids=name_of)
def test_a_framework_without_backends_says_so(
    dlscaffold: Run, framework: Framework, words: tuple[str, ...]
) -> None:
    backend = WITH_BACKENDS[0].backends[0].name
    result = dlscaffold("new", "x", "-f", framework.name, "--backend", backend, *words)
    assert "leave --backend out" in refused(result)
    words = ("-f", framework.name, "-t", "flask", "--backend", backend)
    assert "leave --backend out" in refused(dlscaffold("eject", *words, "nowhere"))


def test_a_format_of_another_backend_is_refused(dlscaffold: Run) -> None:
    words = ("-f", "keras", "-t", "flask", "--backend", "jax", "--format", "onnx")
    line = refused(dlscaffold("new", "x", *words))
    assert "Keras on JAX with Flask" in line
    assert line.endswith("use --format saved-model.")


def test_an_unknown_backend_is_refused(dlscaffold: Run) -> None:
    line = refused(dlscaffold("new", "x", "-f", "keras", "--backend", "theano"))
    assert "jax" in line


def test_the_backend_is_chosen_where_only_one_fits(
    dlscaffold: Run, tmp_path: Path
) -> None:
    words = ("new", "x", "-f", "keras", "-t", "pytorch-mobile", "-o", tmp_path)
    fields = json.loads(dlscaffold(*words, "--dry-run", "--json").stdout)
    assert fields["backend"] == "torch"
    (said,) = [line for line in fields["notices"] if "(--backend torch)" in line]
    assert "Keras on TensorFlow exports nothing that PyTorch Mobile loads" in said
    result = dlscaffold(*words)
    assert "Keras on PyTorch with PyTorch Mobile" in result.stdout
    assert said in result.stdout


def test_the_default_backend_is_no_news(dlscaffold: Run, tmp_path: Path) -> None:
    words = ("new", "x", "-f", "keras", "-t", "flask", "-o", tmp_path, "--dry-run")
    silent = json.loads(dlscaffold(*words, "--json").stdout)
    said = json.loads(dlscaffold(*words, "--json", "--backend", "tensorflow").stdout)
    assert silent == said
    assert silent["backend"] == "tensorflow"
    assert silent["notices"] == []


def test_defaults_agree_with_the_backend_given(dlscaffold: Run) -> None:
    words = ("new", "-y", "--backend", "jax", "--dry-run", "--json")
    fields = json.loads(dlscaffold(*words).stdout)
    assert (fields["framework"], fields["target"]) == ("keras", "flask")
    assert (fields["backend"], fields["format"]) == ("jax", "saved-model")
    result = dlscaffold("new", "x", "--backend", "torch")
    assert "--framework keras --target flask --backend torch" in refused(result)


def test_the_manifest_says_what_was_chosen(
    rendered: tuple[project.Answers, Path], cell: Cell
) -> None:
    manifest = json.loads((rendered[1] / ".dlscaffold.json").read_text("utf-8"))
    assert manifest["backend"] == cell.backend_name


def test_only_the_package_says_what_keras_computes_on(tmp_path: Path) -> None:
    """One line differs between backends beside dependencies, README and exports."""
    texts = {}
    for backend in ("tensorflow", "jax"):
        cell = find_cell(CATALOG, "keras", "flask", "saved-model", backend)
        answers = project.Answers(names.derive("digits"), cell, "MIT")
        folder = project.generate(answers, tmp_path / backend)
        texts[backend] = files_below(folder)
    assert set(texts["tensorflow"]) == set(texts["jax"])
    differ = {n for n, text in texts["jax"].items() if texts["tensorflow"][n] != text}
    assert differ == {
        ".dlscaffold.json",
        "README.md",
        "digits/__init__.py",
        "pyproject.toml",
    }
    line = b'os.environ["KERAS_BACKEND"] = '
    default, other = (texts[name]["digits/__init__.py"] for name in texts)
    assert default.replace(line + b'"tensorflow"', line + b'"jax"') == other


def test_list_shows_backends(dlscaffold: Run) -> None:
    fields = json.loads(dlscaffold("list", "--json").stdout)
    on_backends = {
        (pair["framework"], pair["target"], backend, name)
        for pair in fields["pairs"]
        for backend, formats in pair["backends"].items()
        for name in formats
    }
    assert on_backends == {
        (c.framework.name, c.target.name, c.backend.name, c.format.name)
        for c in CELLS
        if c.backend
    }
    text = dlscaffold("list").stdout
    for framework in WITH_BACKENDS:
        shown = fields["frameworks"][framework.name]["backends"]
        assert list(shown) == [backend.name for backend in framework.backends]
        for backend in framework.backends:
            exports = ", ".join(backend.exports)
            assert f"(--backend {backend.name}): {exports}\n" in text


def test_eject_takes_a_backend(dlscaffold: Run, tmp_path: Path) -> None:
    words = ("eject", "-f", "keras", "-t", "flask", "--backend", "torch")
    assert dlscaffold(*words, tmp_path / "template").exit_code == 0
    context = json.loads((tmp_path / "template" / "cookiecutter.json").read_text())
    assert context["_backend"] == "torch"
