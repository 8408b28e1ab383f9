"""What a layer says its runtime supports is compared with models."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import CATALOG
from dlscaffold.errors import ScaffoldError
from dlscaffold.layers.layer import Layer
from dlscaffold.models.description import Contents, Signature, Tensor
from dlscaffold.models.limits import FILE, limits_of


@pytest.mark.parametrize("name", CATALOG.names("formats"))
def test_limits_are_those_of_the_version_that_the_layer_pins(name: str) -> None:
    layer = CATALOG.format(name)
    requirement = limits_of(layer).requirement
    assert bool(requirement) is (layer.path / FILE).is_file()
    if requirement:  # where a pin moves, look at what the new version supports
        file = layer.path / "templates/partials/dependencies/runtime.toml"
        text = file.read_text("utf-8")
        for key, value in layer.context.items():
            text = text.replace(f"{{{{ cookiecutter._{key} }}}}", str(value))
        assert f'"{requirement}",' in text.split()


def write_limits(folder: Path, text: str) -> Layer:
    """Return a layer with these limits."""
    (folder / FILE).write_text(text, "utf-8")
    return Layer(folder.parent, folder.name)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("title = ", "cannot be read"),
        ("titel = 'X'", "no key `titel`; use one of argument_types"),
        ("title = 1", "`title` is not of the right type"),
        ("operators = 'ADD'", "`operators` is not of the right type"),
        ("operators = [1]", "`operators` is not of the right type"),
        ("versions = ['1']", "`versions` is not of the right type"),
        ("versions = {IR = '1'}", "`versions` is not of the right type"),
    ],
)
def test_limits_that_cannot_be_read(text: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(ScaffoldError) as caught:
        limits_of(write_limits(tmp_path, text))
    assert why in caught.value.message
    assert str(tmp_path) in caught.value.message


def test_limits_are_read_from_the_layer(tmp_path: Path) -> None:
    text = """
title = "X"
custom_operators = ["own.*", "Known"]
versions = {IR = 3}
fixed_batch = ["GRU"]
fixed_batch_example = "one"
argument_types = ["Tensor"]
"""
    limits = limits_of(write_limits(tmp_path, text))
    free, fixed = (Tensor("x", None, (size, 2)) for size in (None, 1))
    calls = {
        "no IR 4": Contents((), versions=(("IR", 4),)),
        "no B, own.in.A": Contents(
            (), custom_operators=frozenset(["own.A", "own.in.A", "B", "Known"])
        ),
        "takes no int": Contents((), argument_types=frozenset(["int", "Tensor"])),
        "runs GRU only": Contents(
            (Signature("", (fixed, free), ()),), operators={"GRU": 1}
        ),
    }
    found = {why: [*limits.unmet(contents)] for why, contents in calls.items()}
    assert [len(reasons) for reasons in found.values()] == [1] * 4
    assert not [why for why, (reason,) in found.items() if why not in reason]
    able = Contents(
        (Signature("", (fixed,), ()),),
        versions=(("IR", 3), ("other", 9)),
        operators={"GRU": 1},
        argument_types=frozenset(["Tensor"]),
    )
    assert not [*limits.unmet(able)]
