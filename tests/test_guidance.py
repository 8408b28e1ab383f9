"""The guidance: complete as to the document, sourced throughout, fit to be printed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jinja2
import pytest
from advice_layers import PACKAGED, guidance_of, write_layer

from conftest import CATALOG, EVERY_CELL
from dlscaffold.advice import guidance
from dlscaffold.advice.guidance import Guidance
from dlscaffold.advice.statements import KEYS, KINDS, GuidanceError
from dlscaffold.layers.catalog import Catalog, Cell
from dlscaffold.layers.finding import find_cell

KNOWN = guidance.load(PACKAGED)
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


def layer_saying(root: Path, text: str) -> Guidance:
    """Return the guidance with a target in a root of its own that says this."""
    write_layer(root, "targets/echo", 'title = "Echo"\nconsumes = ["onnx"]', text)
    return guidance_of(*PACKAGED.roots, root)


def written(kind: str = "reason", **keys: object) -> str:
    """Return a statement in TOML, which the arguments complete or spoil."""
    entry = {"says": "It is so.", "source": "document", **keys}
    lines = (f"{key} = {json.dumps(v)}" for key, v in entry.items() if v is not None)
    return "\n".join([f"[[{kind}]]", *lines, ""])


def test_every_row_and_column_of_the_document_is_there_in_its_words() -> None:
    frameworks = [PACKAGED.framework(name) for name in FRAMEWORKS]
    rows = {
        title: tuple(KNOWN.document_says(one, criterion) for one in frameworks)
        for criterion, title in KNOWN.criteria.items()
    }
    assert rows == DOCUMENT
    assert list(rows) == list(DOCUMENT)


def test_only_the_document_is_quoted_as_the_document() -> None:
    for statement in KNOWN.statements:
        if statement.kind == "document-says":
            assert statement.source == "document"
        if statement.kind in {"since", "measured"}:
            assert statement.source != "document"


def test_every_statement_about_a_layer_lies_in_its_folder() -> None:
    layers = {layer.name for layer in (*PACKAGED.frameworks(), *PACKAGED.targets())}
    (root,) = PACKAGED.roots
    central = (root / guidance.FILE).read_text("utf-8")
    subjects = set(re.findall(r'^about = "(.+)"', central, re.MULTILINE))
    assert subjects == {"phone", "embedded", "server", "versions", "emulation"}
    assert not subjects & layers


@pytest.mark.parametrize(
    "source", [None, "", "somebody said", "http://insecure.example"]
)
def test_a_statement_needs_a_source(source: str | None, tmp_path: Path) -> None:
    with pytest.raises(GuidanceError, match=r'"It is so\.": give a source'):
        layer_saying(tmp_path, written(source=source))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (written(source="https://example.org"), "give date or checked"),
        (written(source="https://e.org", date="lately"), "give date or checked"),
        (written("since", criterion="taste"), "criterion is taste: use level, speed"),
        (
            written(sauce="https://example.org"),
            "there is no key `sauce`; use one of about",
        ),
        (written(says=None), "give says"),
        (written(says=3), "`says` is not of the right type; give a string"),
        (written(about="keras"), "leave out about, which is targets/echo in this file"),
        (written("lifecycle"), "give state"),
        (
            written("lifecycle", state="tired"),
            "state is tired: use current, legacy, retired",
        ),
        (
            written("lifecycle", state="legacy", source="https://e.org")
            + 'checked = "2026-12-01"',
            "give date, when it became legacy",
        ),
        (
            written("needs") + "needs = { disk = 3 }",
            "there is no key `disk`; use one of machines",
        ),
        (
            written("needs") + 'needs = { megabytes = "3" }',
            "`megabytes` is not of the right type; give a whole number",
        ),
        (
            written("needs") + 'needs = { tools = ["xcode"] }',
            "tools is xcode: use make, tensorflow_model_server, Java, Android SDK",
        ),
        (written("place"), "give where"),
        (
            written("place", where="server"),
            "`where` is not of the right type; give a list",
        ),
        (
            written("place", where=["moon"]),
            "where is moon: use server, phone, embedded",
        ),
        (written("advice"), "give weight or rules_out"),
        (
            written("advice", weight="2"),
            "`weight` is not of the right type; give a whole number",
        ),
        (
            written("advice", weight=1) + 'when = { taste = "yes" }',
            "when taste refers to an unknown question",
        ),
        (
            written("advice", weight=1) + 'when = { where = ["moon"] }',
            "when where is moon: use server, phone, embedded, open",
        ),
        (
            written("advice", weight=1) + 'when = { rate = "fast" }',
            "when rate is fast: use low, high, open",
        ),
        ("[[raeson]]\n", "not raeson"),
        ("reason = 3\n", "not reason"),
        ("reason = [3]\n", "not reason"),
        ("[[reason\n", "is not TOML"),
    ],
)
def test_a_faulty_statement_is_an_error_with_file_and_fix(
    text: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(GuidanceError) as raised:
        layer_saying(tmp_path, text)
    assert message in raised.value.message
    assert str(tmp_path / "targets/echo/guidance.toml") in raised.value.message
    assert raised.value.exit_code == 1


def test_advice_may_refer_to_a_framework_that_is_not_there(tmp_path: Path) -> None:
    text = written("advice", weight=1) + 'when = { framework = "sklearn" }'
    known = layer_saying(tmp_path, text)
    (statement,) = known.about("targets/echo", "advice")
    assert statement.holds({"framework": "sklearn"})
    assert not statement.holds({"framework": "keras"})


def test_measured_statements_have_a_file_of_their_own() -> None:
    for framework in PACKAGED.frameworks():
        (measured,) = KNOWN.about(framework, "measured")
        assert (framework.path / "measured.toml").is_file()
        assert measured.dated == "measured 2026-11-22"


def documented() -> str:
    """Return the section on guidance in the layers' README."""
    (root,) = PACKAGED.roots
    text = (root / "README.md").read_text("utf-8")
    return text.split("## What is known about a layer")[1].split("\n## ")[0]


def test_kinds_and_keys_are_documented() -> None:
    kinds = re.findall(r"^\| `\[\[(.+?)\]\]`", documented(), re.MULTILINE)
    assert set(kinds) == set(KINDS)
    assert [key for key in KEYS if f"`{key}`" not in documented()] == []


def test_the_documented_example_loads(tmp_path: Path) -> None:
    example = documented().split("```toml\n")[1].split("```")[0]
    known = layer_saying(tmp_path, example)
    (place,) = known.about("targets/echo", "place")
    assert place.where == ["server"]


def test_advice_is_about_layers_and_places() -> None:
    layers = {layer.label for layer in [*PACKAGED.frameworks(), *PACKAGED.targets()]}
    subjects = {statement.about for statement in KNOWN.of("advice")}
    assert subjects <= layers | {"phone", "embedded"}


@pytest.mark.parametrize(
    ("figure", "number", "level"),
    [
        ("rate", 500, "low"),
        ("rate", 501, "high"),
        ("latency", 20, "strict"),
        ("latency", 20.1, "relaxed"),
        ("model_size", 2000, "small"),
        ("model_size", 4000, "large"),
        ("model_size", 4001, "huge"),
    ],
)
def test_a_number_is_the_first_level_that_it_does_not_exceed(
    figure: str, number: float, level: str
) -> None:
    assert KNOWN.level(figure, number) == level


def test_every_framework_and_target_has_a_reason_and_a_lifecycle() -> None:
    for layer in [*PACKAGED.frameworks(), *PACKAGED.targets()]:
        assert 20 < len(KNOWN.reason(layer)) < 90, layer.name
        assert KNOWN.lifecycle(layer).source, layer.name


def test_a_layer_without_guidance_has_no_reason_and_counts_as_current(
    tmp_path: Path,
) -> None:
    known = layer_saying(tmp_path, "")
    echo = known.catalog.target("echo")
    assert known.reason(echo) == ""
    assert known.lifecycle(echo).state == "current"


def test_pytorch_mobile_is_retired_and_names_its_successor() -> None:
    lifecycle = KNOWN.lifecycle(PACKAGED.target("pytorch-mobile"))
    assert lifecycle.state == "retired"
    assert lifecycle.successor == "executorch"
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", lifecycle.date)
    assert lifecycle.source.startswith("https://")


@pytest.mark.parametrize("cell", EVERY_CELL, ids=lambda cell: cell.name)
def test_a_readme_has_a_line_with_a_source_for_framework_and_target(cell: Cell) -> None:
    known = guidance.load(CATALOG)
    said = known.for_cell(cell)
    assert json.loads(json.dumps(said)) == said
    layers = [one for one in guidance.subjects(cell) if known.about(one, "reason")]
    if not layers:
        assert "## Why" not in render(cell, known)
        return
    title, body = render(cell, known).split("## Why ")[1].split("\n", 1)
    subjects = [layer.title for layer in layers]
    assert title == " and ".join(subjects)
    *lines, last = [line for line in body.splitlines() if line]
    dated = r"\(\[(since|checked) 20[\d-]+\]\(https://\S+\)\)"
    for subject, line in zip(subjects, lines, strict=True):
        assert re.fullmatch(rf"- \*\*{subject}\*\*: .+ {dated}", line)
    assert "`dlscaffold compare`" in last
    assert "{" not in body


@pytest.mark.parametrize("cell", EVERY_CELL, ids=lambda cell: cell.name)
def test_the_document_is_not_quoted_in_somebodys_readme(cell: Cell) -> None:
    text = render(cell)
    assert KNOWN.title not in text
    for statement in KNOWN.statements:
        if statement.source == "document":
            assert statement.says not in text


def test_a_readme_names_the_successor_by_its_command() -> None:
    text = render(find_cell(PACKAGED, "pytorch", "pytorch-mobile"))
    assert (
        "**Retired since 2024-09-04**: PyTorch Mobile is no longer maintained" in text
    )
    assert "`dlscaffold new --framework pytorch --target executorch`" in text
    assert text.count("no longer maintained") == 1


def test_a_successor_that_is_no_target_is_not_offered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cell = find_cell(PACKAGED, "pytorch", "pytorch-mobile")
    monkeypatch.setattr(Catalog, "targets", lambda _: [])
    known = guidance.load.__wrapped__(PACKAGED)
    (notice,) = known.notices(cell)
    assert "retired since 2024-09-04" in notice
    assert "instead" not in notice
    assert "successor" not in render(cell, known)


def test_a_successor_that_does_not_fit_is_not_offered() -> None:
    cells = [
        cell
        for cell in EVERY_CELL
        if cell.framework.is_given
        and cell.target.name == "pytorch-mobile"
        and "executorch" not in cell.name
    ]
    assert cells
    for cell in cells:
        (notice,) = KNOWN.notices(cell)
        assert "instead" not in notice


def test_a_readme_says_nothing_of_a_pair_without_guidance() -> None:
    silent = Guidance(PACKAGED, "T", {}, (), (), ())
    assert render(find_cell(PACKAGED, "keras", "flask"), silent).strip() == ""


def render(cell: Cell, known: Guidance = KNOWN) -> str:
    """Return the README's notice and section as a generated project would have them."""
    loader = jinja2.FileSystemLoader(PACKAGED.roots[0])
    # As Cookiecutter renders: Markdown is not escaped.
    environment = jinja2.Environment(  # noqa: S701
        loader=loader,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    partials = "common/templates/partials/readme"
    return "".join(
        environment.get_template(f"{partials}/{name}.md").render(
            cookiecutter={"_guidance": known.for_cell(cell)}
        )
        for name in ("lifecycle", "guidance")
    )
