"""A fault in a layer is one sentence that names the file, the key and the fix."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import CATALOG
from dlscaffold.errors import LayerError
from dlscaffold.layers import choices
from dlscaffold.layers.catalog import Catalog
from dlscaffold.layers.checking import all_layers, check
from dlscaffold.layers.finding import find_cell
from dlscaffold.project import names
from dlscaffold.project import rendering as project

TARGET = 'title = "Echo"\nconsumes = ["onnx"]\n'


def catalog(root: Path, label: str, manifest: str) -> Catalog:
    """Return the packaged layers with one more, of this manifest."""
    file = root / label / "layer.toml"
    file.parent.mkdir(parents=True)
    file.write_text(manifest, "utf-8")
    return Catalog([Path(choices.packaged()), root])


def test_the_packaged_layers_have_no_fault() -> None:
    check(CATALOG)
    assert len(list(all_layers(CATALOG))) > 30


def test_a_layer_without_fault_passes(tmp_path: Path) -> None:
    check(catalog(tmp_path, "targets/echo", TARGET))


@pytest.mark.parametrize(
    ("label", "manifest", "key", "fix"),
    [
        ("targets/echo", TARGET + "consume = []\n", "`consume`", "use one of consumes"),
        ("targets/echo", 'title = "Echo"\n', "`consumes`", 'add consumes = ["onnx"]'),
        ("targets/echo", 'consumes = ["onnx"]\n', "`title`", "add title ="),
        ("targets/echo", TARGET + 'strings = "no"\n', "`strings`", "true or false"),
        ("targets/echo", TARGET + "next = [1]\n", "`next`", "a list of strings"),
        ("targets/echo", 'title = 1\nconsumes = ["onnx"]\n', "`title`", "a string"),
        ("targets/echo", TARGET + "context = 1\n", "`context`", "a table"),
        ("targets/echo", TARGET + "backends = []\n", "`backends`", "use one of"),
        ("targets/echo", "title = \n", "cannot be read", "correct it"),
        ("targets/echo", TARGET.replace("onnx", "onyx"), "`consumes`", "litert, onnx"),
        ("targets/echo", TARGET + 'includes = ["shared/no"]', "`includes`", "add the"),
        ("extras/notes", 'title = "Notes"\n', "`fits`", "add fits ="),
        ("extras/notes", 'title = "Notes"\nfits = ["target/a"]', "`fits`", "correct"),
        ("apps/kiosk", 'title = "K"\nfits = []\ndefault = 1', "`default`", "true or"),
        ("frameworks/net", 'title = "N"\nbackends = ["a"]', "`backends`", "correct"),
    ],
)
def test_a_fault_in_a_manifest(
    tmp_path: Path, label: str, manifest: str, key: str, fix: str
) -> None:
    with pytest.raises(LayerError) as refused:
        check(catalog(tmp_path, label, manifest))
    message = str(refused.value)
    assert str(tmp_path / label / "layer.toml") in message
    assert key in message
    assert fix in message
    assert message.endswith(".")
    assert "\n" not in message


def test_a_framework_that_exports_nothing(tmp_path: Path) -> None:
    with pytest.raises(LayerError, match="frameworks/net exports nothing; add"):
        check(catalog(tmp_path, "frameworks/net", 'title = "Net"\n'))


def test_an_export_to_a_format_that_does_not_exist(tmp_path: Path) -> None:
    layers = catalog(tmp_path, "frameworks/net", 'title = "Net"\n')
    (tmp_path / "frameworks/net/exports/onyx").mkdir(parents=True)
    with pytest.raises(LayerError, match=r"net: `exports` .* formats/onyx, but"):
        check(layers)


def test_a_folder_without_a_manifest(tmp_path: Path) -> None:
    (tmp_path / "targets/echo").mkdir(parents=True)
    with pytest.raises(LayerError, match=r"targets/echo has no layer\.toml; add one"):
        check(Catalog([tmp_path]))


def test_a_needed_partial_that_no_layer_lends(tmp_path: Path) -> None:
    layers = catalog(tmp_path / "layers", "targets/echo", TARGET)
    answers = project.Answers(
        names.derive("x"), find_cell(layers, "keras", "echo"), "MIT"
    )
    with pytest.raises(LayerError) as refused:
        project.generate(answers, tmp_path / "out")
    folder = tmp_path / "layers" / "targets" / "echo"
    fix = f"add templates/partials/readme/target.md to {folder}"
    assert fix in str(refused.value)
    assert not (tmp_path / "out").exists()
