"""The guidance: complete as to the document, sourced throughout, fit to be printed."""

from __future__ import annotations

import json
import re

import jinja2
import pytest

from conftest import CATALOG
from dlscaffold.advice import answers, guidance
from dlscaffold.layers.catalog import Catalog, Cell
from dlscaffold.layers.finding import find_cell

PARTIALS = [
    f"common/templates/partials/readme/{name}.md" for name in ("lifecycle", "guidance")
]
FRAMEWORKS = ("tensorflow", "keras", "pytorch")

# The document, row by row, as its reader has it before them.
DOCUMENT = {
    "Level of API": (
        "High- and Low-Level API",
        "High Level API",
        "Low Level API",
    ),
    "Speed": (
        "Very Fast, used for high performance",
        "Slower than TensorFlow as it works on top of TensorFlow",
        "Same speed as TensorFlow",
    ),
    "Architecture": (
        "Has a complex architecture and is hard to use",
        "Has a simpler architecture as abstraction is used to make it simple to use",
        "Has a complex architecture",
    ),
    "Datasets and Debugging": (
        "Used for very high-performance models. Debugging is hard",
        "Used for smaller datasets. Debugging is easy and less frequent "
        "due to smaller models",
        "Used for large datasets. Easier to debug than TensorFlow",
    ),
    "Ease of Development": (
        "Hard to develop and write code",
        "Easy to develop and is best for newbies",
        "Easier to learn than TensorFlow",
    ),
    "Ease of Deployment": (
        "Easy to deploy with 'TensorFlow Serving'",
        "Model deployment can be done with TensorFlow serving or Flask",
        "'Pytorch Mobile' makes deployment easy, but not as much as in TensorFlow",
    ),
}


def minimal(**statement: object) -> dict[str, object]:
    """Return guidance with one statement, which the arguments complete or spoil."""
    entry = {"about": "keras", "says": "It is so.", "source": "document", **statement}
    return {
        "document": {"title": "T", "frameworks": ["keras"]},
        "criteria": {"speed": "Speed"},
        "since": [{key: value for key, value in entry.items() if value is not None}],
    }


def test_every_row_and_column_of_the_document_is_there_in_its_words() -> None:
    loaded = guidance.load()
    assert loaded.frameworks == FRAMEWORKS
    said = {
        title: tuple(
            statement.says
            for framework in FRAMEWORKS
            for statement in loaded.about(framework, "document-says")
            if statement.criterion == criterion
        )
        for criterion, title in loaded.criteria.items()
    }
    assert said == DOCUMENT
    assert list(said) == list(DOCUMENT)


def test_only_the_document_is_quoted_as_the_document() -> None:
    for statement in guidance.load().statements:
        if statement.kind == "document-says":
            assert statement.source == "document"
        if statement.kind in {"since", "measured"}:
            assert statement.source != "document"


@pytest.mark.parametrize(
    "source", [None, "", "somebody said", "http://insecure.example"]
)
def test_a_statement_without_a_source_does_not_load(source: str | None) -> None:
    with pytest.raises(
        guidance.GuidanceError, match=r'keras, "It is so\.", needs a source'
    ):
        guidance.parse(minimal(source=source))


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"source": "https://example.org"}, "needs a date or checked"),
        (
            {"source": "https://example.org", "date": "lately"},
            "needs a date or checked",
        ),
        ({"criterion": "taste"}, "unknown criterion taste"),
        ({"sauce": "https://example.org"}, "sauce"),
        ({"says": None}, "says"),
    ],
)
def test_a_faulty_statement_does_not_load(fault: dict[str, str], message: str) -> None:
    with pytest.raises(guidance.GuidanceError, match=message):
        guidance.parse(minimal(**fault))


def test_a_lifecycle_has_a_known_state() -> None:
    fields = minimal()
    fields["lifecycle"] = [
        {"about": "keras", "says": "Gone.", "source": "document", "state": "tired"}
    ]
    with pytest.raises(guidance.GuidanceError, match="current, legacy, retired"):
        guidance.parse(fields)


def test_advice_is_about_what_there_is_and_speaks_of_answers_that_can_be_given() -> (
    None
):
    words = {question.name: set(question.choices) for question in answers.QUESTIONS}
    words |= {
        "rate": {"high", "low"},
        "latency": {"strict", "relaxed"},
        "model_size": {"small", "large", "huge"},
    }
    layers = {layer.name for layer in [*CATALOG.frameworks(), *CATALOG.targets()]}
    known = guidance.load()
    for statement in known.of("advice"):
        assert statement.about in layers | words["where"], statement.says
        assert statement.weight or statement.rules_out, statement.says
    for statement in known.statements:
        for name, wanted in statement.when.items():
            named = {wanted} if isinstance(wanted, str) else set(wanted)
            assert named <= words[name] | {guidance.OPEN}, statement.says


def test_every_framework_and_target_has_a_reason_and_a_lifecycle() -> None:
    for layer in [*CATALOG.frameworks(), *CATALOG.targets()]:
        assert 20 < len(guidance.reason(layer.name)) < 90, layer.name
        assert guidance.lifecycle(layer.name)["source"], layer.name


def test_what_nobody_has_described_has_no_reason_and_is_taken_for_current() -> None:
    assert guidance.reason("caffe") == ""
    assert guidance.lifecycle("caffe") == {"state": "current"}


def test_pytorch_mobile_is_retired_and_names_its_successor() -> None:
    standing = guidance.lifecycle("pytorch-mobile")
    assert standing["state"] == "retired"
    assert standing["successor"] == "executorch"
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", standing["date"])
    assert standing["source"].startswith("https://")


@pytest.mark.parametrize("cell", list(CATALOG.cells()), ids=lambda cell: cell.name)
def test_a_readme_quotes_the_document_and_then_says_what_has_changed(
    cell: Cell,
) -> None:
    said = guidance.for_cell(cell)
    assert json.loads(json.dumps(said)) == said
    text = render(cell)
    quoted = re.findall(r"^> - \*\*(.+?)\*\*: (.+)$", text, re.MULTILINE)
    column = FRAMEWORKS.index(cell.framework.name)
    assert quoted == [(title, row[column]) for title, row in DOCUMENT.items()]
    before, after = text.split("What has changed")
    assert "https://" in after
    assert not re.search(r"^> ", after, re.MULTILINE)
    assert "{" not in text
    assert ("does not name" in before) != said["named"]


def test_a_readme_names_the_successor_by_its_command() -> None:
    text = render(find_cell(CATALOG, "pytorch", "pytorch-mobile", None))
    assert (
        "**Retired since 2024-09-04**: PyTorch Mobile is no longer maintained" in text
    )
    assert "`dlscaffold new --framework pytorch --target executorch`" in text
    assert text.count("no longer maintained") == 1


def test_a_successor_that_is_no_target_is_not_offered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Catalog, "targets", lambda _: [])
    cell = find_cell(CATALOG, "pytorch", "pytorch-mobile", None)
    (notice,) = guidance.notices(cell)
    assert "retired since 2024-09-04" in notice
    assert "instead" not in notice
    assert "Its successor" not in render(cell)


def test_a_framework_that_the_document_does_not_know_is_not_quoted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    silent = guidance.Guidance("T", (), {}, {}, ())
    monkeypatch.setattr(guidance, "load", lambda: silent)
    text = render(find_cell(CATALOG, "keras", "flask", None))
    assert text.strip() == ""


def test_notes_on_other_targets_stay_out_of_a_readme() -> None:
    cell = find_cell(CATALOG, "keras", "flask", None)
    assert "LiteRT" not in render(cell)
    assert "model.predict" in render(cell)


def render(cell: Cell) -> str:
    """Return the README's notice and section as a generated project would have them."""
    loader = jinja2.FileSystemLoader(CATALOG.roots[0])
    # As Cookiecutter renders: Markdown is not escaped.
    environment = jinja2.Environment(  # noqa: S701
        loader=loader,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    context = {
        "_guidance": guidance.for_cell(cell),
        "_framework_title": cell.framework.title,
        "_target_title": cell.target.title,
    }
    return "".join(
        environment.get_template(partial).render(cookiecutter=context)
        for partial in PARTIALS
    )
