"""Names: any that a person may type, and what must come of it."""

from __future__ import annotations

import keyword
import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import CELLS
from dlscaffold.errors import UsageError
from dlscaffold.project import names
from dlscaffold.project import rendering as project

# PEP 508, https://packaging.python.org/en/latest/specifications/name-normalization/
DISTRIBUTION = re.compile(r"[a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9]")


@pytest.mark.parametrize(
    ("project", "slug"),
    [
        ("Shop digits", "shop-digits"),
        ("Zürich Éclair", "zurich-eclair"),
        ("""O'Neil's "net" """, "o-neil-s-net"),
        ("../../evil", "evil"),
        ("..\\..\\evil", "evil"),
        ("/etc/passwd", "etc-passwd"),
        ("C:\\Windows", "c-windows"),
        ("数字", "shu-zi"),
        ("3D net", "project-3d-net"),
        ("class", "project-class"),
        ("match", "project-match"),
        ("json", "project-json"),
        ("Flask", "project-flask"),
        ("torch", "project-torch"),
        ("sklearn", "project-sklearn"),
        ("scikit-learn", "project-scikit-learn"),
        ("pip", "project-pip"),
        ("pluggy", "project-pluggy"),
        ("Locust", "project-locust"),
        ("tests", "project-tests"),
        ("Reports", "project-reports"),
        ("serving", "project-serving"),
        ("con", "project-con"),
        ("COM1", "project-com1"),
        ("{{ 7 * 7 }}", "project-7-7"),
        ("-rf", "rf"),
        ("x" * 200, "x" * 40),
    ],
)
def test_slug(project: str, slug: str) -> None:
    derived = names.derive(project)
    assert derived.slug == slug
    assert derived.project == project.strip()


@pytest.mark.parametrize(
    "project",
    [
        "",
        "   ",
        "...",
        "🙂",
        "a\nb",
        "a\0b",
        "a\x1b[31m",
        "a\u202eb",
        "\udc80",
        "x" * 201,
    ],
)
def test_what_has_no_name_is_refused(project: str) -> None:
    with pytest.raises(UsageError, match="Give a project name"):
        names.derive(project)


@given(st.text(max_size=60))
def test_every_name_is_refused_or_valid(project: str) -> None:
    try:
        derived = names.derive(project)
    except UsageError:
        return
    assert DISTRIBUTION.fullmatch(derived.slug)
    assert derived.package.isidentifier()
    assert not keyword.iskeyword(derived.package)
    assert derived.package not in sys.stdlib_module_names
    assert derived.package not in names.taken_by_layers()
    assert len(derived.slug) <= names.SLUG_LENGTH + len("project-")
    assert derived.package == derived.slug.replace("-", "_")


def test_no_project_is_called_like_a_folder_of_any_project() -> None:
    """Its package would be mixed with what is in there."""
    for cell in CELLS:
        answers = project.Answers(names.derive("Digits"), cell, "MIT")
        for path in answers.files:
            folder = path.partition("/")[0] if "/" in path else "tests"
            assert folder == "digits" or names.derive(folder).package != folder, path


def test_dependencies_are_read_from_the_layers() -> None:
    expected = {"flask", "tensorflow", "torch", "keras", "numpy", "onnxruntime", "pil"}
    assert names.taken_by_layers() >= expected
