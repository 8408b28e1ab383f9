"""How generated projects prepare texts, read a person's own, and answer the page."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dlscaffold import data
from projects.conftest import Project

Projects = Callable[..., Project]
TEXTS = ["Schön und schön", "a 😀 day", "another day", "day 😀"]


@pytest.fixture(scope="module")
def project(project_of: Projects) -> Project:
    return project_of("keras-flask-onnx", task="text")


@pytest.fixture(scope="module")
def prepare(project: Project) -> Any:
    return project.module("prepare")


@pytest.fixture(scope="module")
def preprocessing(project: Project) -> Any:
    return project.module("contract.preprocessing")


def raw(texts: Iterable[object]) -> dict[str, Any]:
    return {"text": np.array([*texts], object)}


def numbers(prepare: Any, how: Any, text: object) -> list[int]:
    rows = prepare.prepare(raw([text]), how)["tokens"]
    assert (rows.dtype, rows.shape) == (np.int64, (1, how.length))
    found: list[int] = rows[0].tolist()
    return found


def test_a_word_is_followed_by_its_parts(prepare: Any) -> None:
    """They show where it begins and ends."""
    found = [" is ", " i", "is", "s ", " is", "is "]
    assert [*prepare.tokens("Is")] == found
    assert [*prepare.tokens(" IS\nis\u2003")] == found * 2


def test_the_vocabulary_has_what_occurs_twice_the_most_frequent_first(
    prepare: Any,
) -> None:
    how = prepare.fit(raw(["b a a", "a b", "once"]))
    whole = [token for token in how.vocabulary if len(token) == 3]
    assert whole == [" a ", " b "]
    assert "once" not in "".join(how.vocabulary)
    assert how == prepare.fit(raw(["a b", "once", "b a a"]))


def test_the_vocabulary_and_the_length_are_limited(preprocessing: Any) -> None:
    many = [str(number) for number in range(preprocessing.MOST_TOKENS + 5)]
    how = preprocessing.learn([many, many])
    assert len(how.vocabulary) == preprocessing.MOST_TOKENS
    assert how.length == preprocessing.LONGEST
    assert preprocessing.learn([["a"], ["a"]]).length == preprocessing.SHORTEST


def test_most_texts_are_not_cut(preprocessing: Any) -> None:
    """The longest of a hundred does not decide."""
    assert preprocessing.learn([["a"] * 50] * 99 + [["a"] * 1000]).length == 50


def test_emoji_and_accents_are_known(prepare: Any, preprocessing: Any) -> None:
    how = prepare.fit(raw(TEXTS))
    for text in ("😀", "schön"):
        expected = [how.numbers[token] for token in prepare.tokens(text)]
        padding = [preprocessing.PADDING] * (how.length - len(expected))
        assert numbers(prepare, how, text) == expected + padding


def test_a_text_is_the_same_however_it_is_composed(prepare: Any) -> None:
    how = prepare.fit(raw(TEXTS))
    decomposed = unicodedata.normalize("NFD", TEXTS[0])
    assert decomposed != TEXTS[0]
    assert numbers(prepare, how, decomposed) == numbers(prepare, how, TEXTS[0])


@pytest.mark.parametrize("text", ["", " \n\t", "\u2603"])
def test_what_has_no_known_token_is_unknown(
    prepare: Any, preprocessing: Any, text: str
) -> None:
    """Never padding alone, the mean of which would be a division by zero."""
    how = prepare.fit(raw(TEXTS))
    found = numbers(prepare, how, text)
    assert found[0] == preprocessing.UNKNOWN
    assert set(found) <= {preprocessing.UNKNOWN, preprocessing.PADDING}


def test_a_long_text_counts_by_its_beginning(prepare: Any) -> None:
    how = prepare.fit(raw(TEXTS))
    start = "day " * how.length
    assert numbers(prepare, how, start + "schön " * 100_000) == numbers(
        prepare, how, start
    )


def test_what_comes_after_many_characters_is_not_read(
    prepare: Any, preprocessing: Any
) -> None:
    """So that composing and splitting a text take a limited time."""
    how = prepare.fit(raw(TEXTS))
    blank = " " * prepare.MOST_CHARACTERS
    assert numbers(prepare, how, blank + "day")[0] == preprocessing.UNKNOWN
    assert numbers(prepare, how, blank[3:] + "day") == numbers(prepare, how, "day")


@pytest.mark.parametrize("text", [7, None, ["a"], b"a"])
def test_what_is_no_text_is_refused(prepare: Any, project: Project, text: Any) -> None:
    error = project.module("contract.raw").RawError
    with pytest.raises(error, match="must be a string"):
        prepare.prepare({"text": [text]}, prepare.fit(raw(TEXTS)))


@pytest.fixture(scope="module")
def client(project: Project, prepare: Any) -> Any:
    """A client of the page, whose model gives the first label to known texts."""
    flask = pytest.importorskip("flask")
    project.replace("contract.runtime", InputError=ValueError)
    how = prepare.fit(raw(TEXTS))
    task = project.module("contract.task").Task(["known", "unknown"], how)

    def predict(inputs: Any) -> Any:
        known = (inputs["tokens"] > 1).any(axis=1)
        return {"probabilities": np.stack([known, ~known], axis=1).astype(np.float32)}

    page, payloads = map(project.module, ("service.page", "service.payloads"))
    pages = flask.Blueprint("pages", "pages")
    signature = SimpleNamespace(task=task)
    page.add_routes(pages, SimpleNamespace(signature=signature, predict=predict))
    app = flask.Flask("pages")
    app.register_blueprint(pages)
    app.register_error_handler(
        payloads.RequestError, lambda error: ({"error": str(error)}, error.status)
    )
    return app.test_client()


@pytest.mark.parametrize(("text", "label"), [("a day", "known"), ("", "unknown")])
def test_the_page_answers(client: Any, text: str, label: str) -> None:
    answer = client.post("/predict/text", json={"text": text})
    assert answer.status_code == 200
    assert answer.json["label"] == label


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '{"text": 7}', '{"text": null}'])
def test_the_page_refuses_what_is_no_text(client: Any, body: str) -> None:
    answer = client.post("/predict/text", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert "text" in answer.json["error"]


def test_the_page_refuses_forms(client: Any) -> None:
    assert client.post("/predict/text", data={"text": "a"}).status_code == 415


ROWS = [("très bon 😀", "good"), (" bad; worse", "bad"), ("", "bad"), ("best", "good")]


def read(project: Project) -> Any:
    """Return the examples of a project's own data."""
    project.replace(
        "contract.dataset", Examples=SimpleNamespace, Dataset=object, split=None
    )
    module = project.module("data")
    module.Examples = lambda raw, targets, labels: SimpleNamespace(
        texts=raw["text"].tolist(), targets=targets.tolist(), labels=labels
    )
    return module.read()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-8"])
def test_texts_in_a_file_are_read_as_they_are(
    project_of: Projects, tmp_path: Path, encoding: str
) -> None:
    """With every row that has a label."""
    path = tmp_path / "reviews.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerows([("mood", "review"), *((b, a) for a, b in ROWS * 5)])
        rows.writerow(("NA", "no label"))
    found = data.read(path, "text", "mood", "review")
    examples = read(project_of("keras-flask-onnx", data=found))
    assert examples.labels == ["bad", "good"]
    assert examples.texts == [text for text, _ in ROWS] * 5
    assert examples.targets == [1, 0, 0, 1] * 5
    assert len(examples.texts) == found.examples


def test_texts_in_a_folder_are_read_as_they_are(
    project_of: Projects, tmp_path: Path
) -> None:
    """Without what was left out when the project was made."""
    for label in ("good", "bad"):
        folder = tmp_path / "texts" / label
        folder.mkdir(parents=True)
        for number in range(12):
            (folder / f"{number:02}.txt").write_text(f"{label} très {number}", "utf-8")
        (folder / "notes.md").write_text("no text of the class", "utf-8")
    (tmp_path / "texts" / "bad" / "latin.txt").write_bytes(b"caf\xe9")
    (tmp_path / "texts" / ".hidden").mkdir()
    found = data.read(tmp_path / "texts", "text", None, None)
    examples = read(project_of("keras-flask-onnx", data=found))
    assert examples.labels == ["bad", "good"]
    assert examples.texts[0] == "bad très 0"
    assert examples.targets == [0] * 12 + [1] * 12
    assert len(examples.texts) == found.examples
