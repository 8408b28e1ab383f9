"""Which pair is recommended, for which reason, and what is ruled out."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from advice_layers import (
    ALL_TARGETS,
    DOCUMENT_TARGETS,
    FLASK,
    LITERT,
    PACKAGED,
    PT,
    SERVING,
    TF,
    K,
    case,
    guidance_of,
    write_layer,
    write_layers,
)
from scenarios import SCENARIOS

from dlscaffold.advice import guidance, ranking, recommendation
from dlscaffold.advice.guidance import Guidance
from dlscaffold.advice.ranking import best_target, first_choice, rank
from dlscaffold.advice.recommendation import recommend
from dlscaffold.advice.situation import Situation
from dlscaffold.errors import UsageError
from dlscaffold.layers.finding import find_cell

KNOWN = guidance.load(PACKAGED)


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Guidance:
    """The guidance of a catalog with the document's three targets."""
    root = tmp_path_factory.mktemp("document")
    return guidance_of(write_layers(root, DOCUMENT_TARGETS))


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Guidance:
    """The guidance of a catalog with all five targets."""
    return guidance_of(write_layers(tmp_path_factory.mktemp("all"), ALL_TARGETS))


@pytest.mark.parametrize(
    ("answers", "first", "reason"),
    SCENARIOS,
    ids=["-".join(map(str, one.values())) or "nothing" for one, _, _ in SCENARIOS],
)
def test_scenario(
    answers: dict[str, Any], first: tuple[str, str] | None, reason: str, known: Guidance
) -> None:
    result = recommend(case(**answers), known)
    if not first:
        assert (result.options, result.confidence) == ([], "none")
        against = [said for out in result.ruled_out for said in out.because]
        assert any(reason in statement.says for statement in against)
        return
    option = result.options[0]
    assert (option.framework.name, option.target.name) == first
    assert any(reason in statement.says for statement in option.pros)
    assert option.command.endswith(f"--framework {first[0]} --target {first[1]}")


def test_without_executorch_pytorch_mobile_is_first_with_the_warning(
    document: Guidance,
) -> None:
    result = recommend(case(framework=PT, where="phone"), document)
    (option,) = result.options
    assert option.target.name == "pytorch-mobile"
    assert "makes deployment easy" in option.pros[0].says
    assert "no longer maintained" in option.cons[0].says
    assert option.cons[0].date == "2024-09-04"
    assert result.confidence == "low"


def test_with_executorch_it_comes_before_pytorch_mobile(known: Guidance) -> None:
    result = recommend(case(framework=PT, where="phone"), known)
    names = [option.target.name for option in result.options]
    assert names == ["executorch", "pytorch-mobile"]


def test_a_note_names_the_runtime_for_phones_that_no_target_generates(
    document: Guidance, known: Guidance
) -> None:
    result = recommend(case(framework=TF, where="phone"), document)
    assert result.options == []
    assert result.confidence == "none"
    assert [note.says for note in result.notes if "LiteRT" in note.says]
    assert not recommend(case(framework=TF, where="phone"), known).notes


@pytest.mark.parametrize(
    ("answers", "target", "because"),
    [
        ({"framework": PT}, SERVING, "loads saved-model, but PyTorch exports"),
        ({"framework": K, "processor": "arm64"}, SERVING, "no official arm64 image"),
        ({"framework": K, "python": "yes"}, SERVING, "cannot run Python code"),
        ({"framework": K, "where": "phone"}, FLASK, "not in a phone app"),
        ({"framework": K, "where": "server"}, LITERT, "apps and firmware"),
        ({"framework": PT, "where": "phone"}, SERVING, "PyTorch exports"),
        (
            {"framework": K, "containers": "no", "system": "macos"},
            SERVING,
            "only as a Debian package",
        ),
        (
            {"framework": K, "where": "embedded", "system": "android"},
            FLASK,
            "only inside an app",
        ),
        (
            {"processor": "arm64", "emulation": "yes", "rate": 5000.0},
            SERVING,
            "without native performance",
        ),
    ],
)
def test_what_is_ruled_out_says_why(
    answers: dict[str, Any], target: str, because: str, known: Guidance
) -> None:
    result = recommend(case(**answers), known)
    (out,) = (out for out in result.ruled_out if out.target.name == target)
    assert any(because in statement.says for statement in out.because)


def test_a_reason_for_every_framework_stands_for_those_for_one(known: Guidance) -> None:
    result = recommend(case(where="server"), known)
    (out,) = (o for o in result.ruled_out if o.target.name == "pytorch-mobile")
    assert [one.kind for one in out.because] == ["place"]


def test_arm64_without_emulation_names_the_alternatives(known: Guidance) -> None:
    result = recommend(case(framework=TF, processor="arm64"), known)
    (out,) = (out for out in result.ruled_out if out.target.name == SERVING)
    assert "Flask serves the same requests on arm64" in out.because[0].says
    assert "--emulation yes" in out.because[0].says


@pytest.mark.parametrize(
    ("answers", "against"),
    [({"rate": 5.0}, "made for many clients"), ({"swap": "no"}, "not needed here")],
)
def test_few_requests_and_fixed_versions_count_against_a_separate_server(
    answers: dict[str, Any], against: str, known: Guidance
) -> None:
    result = recommend(case(framework=TF, **answers), known)
    (option,) = (o for o in result.options if o.target.name == SERVING)
    assert any(against in con.says for con in option.cons)


def test_a_default_that_rules_a_target_out_is_an_assumption(known: Guidance) -> None:
    arm64 = case(framework=TF, where="server", processor="arm64")
    assert recommend(arm64, known).assumed == ["emulation: no"]
    for settled in ({"emulation": "no"}, {"processor": "x86_64"}):
        answers = {**arm64.answers, **settled}
        assert recommend(case(**answers), known).assumed == []


@pytest.mark.parametrize("where", ["phone", "embedded"])
def test_a_large_model_on_a_device_is_a_doubt(where: str, known: Guidance) -> None:
    result = recommend(case(where=where, model_size=3000.0), known)
    assert result.confidence == "low"
    assert "3.2 GB of memory" in result.options[0].cons[0].says


def test_the_system_of_a_phone_is_no_doubt_beside_the_place(known: Guidance) -> None:
    changes = recommend(case(framework=PT), known).changes
    assert {(change.question.name, change.answer) for change in changes} == {
        ("where", "phone"),
        ("where", "embedded"),
    }
    board = recommend(case(framework=PT, where="embedded", python="yes"), known)
    assert ("system", "android") in {(c.question.name, c.answer) for c in board.changes}


@pytest.mark.parametrize("where", ["phone", "embedded"])
def test_that_no_python_runs_in_an_app_is_said_of_phones(
    where: str, known: Guidance
) -> None:
    options = recommend(case(where=where, python="yes"), known).options
    said = {con.says for option in options for con in option.cons}
    assert any("in a phone app" in words for words in said) == (where == "phone")


def test_a_tie_has_low_confidence(known: Guidance) -> None:
    tie = case(framework=TF, latency=5.0, where="server", system="linux")
    result = recommend(tie, known)
    assert result.options[0].score == result.options[1].score
    assert (result.doubt, result.confidence) == (
        "the first two have the same score",
        "low",
    )


def test_answers_for_different_targets_are_noted(known: Guidance) -> None:
    both = case(framework=K, where="server", python="yes", swap="yes")
    assert "point to different targets" in recommend(both, known).notes[0].says


def test_open_questions_that_would_change_the_choice_lower_confidence(
    known: Guidance,
) -> None:
    settled = case(framework=K, where="server", python="yes")
    assert recommend(settled, known).confidence == "high"
    result = recommend(case(framework=K, where="server", team="new"), known)
    assert result.confidence != "high"
    assert {"swap", "python"} & {change.question.name for change in result.changes}
    for change in result.changes:
        answered = result.situation.with_answer(change.question, change.answer)
        again = recommend(answered, known).options[0]
        assert again.name == change.first.name != result.options[0].name


def every_catalog(document: Guidance, known: Guidance) -> list[Guidance]:
    return [document, known, guidance.load(PACKAGED)]


def situations() -> Iterator[Situation]:
    """Yield a fixed sample of all combinations of answers, none of them twice."""
    names = [question.name for question in KNOWN.questions]
    choices = [[None, *question.choices] for question in KNOWN.questions]
    combinations = list(itertools.product(*choices))
    for values in random.Random(0).sample(combinations, 400):  # noqa: S311
        yield case(**dict(zip(names, values, strict=True)))


def test_new_accepts_every_recommended_pair(
    document: Guidance, known: Guidance
) -> None:
    for one in every_catalog(document, known):
        options = {
            (option.framework.name, option.target.name, option.format)
            for situation in situations()
            for option in rank(situation, one)[0]
        }
        assert options
        for framework, target, format_name in options:
            cell = find_cell(one.catalog, framework, target)
            assert cell.format.name == format_name


def test_a_phone_never_gets_a_target_for_servers_alone(
    document: Guidance, known: Guidance
) -> None:
    for one in every_catalog(document, known):
        firsts = {
            first_choice(situation.with_answer(one.question("where"), "phone"), one)
            for situation in situations()
        }
        assert len(firsts) > 1
        for option in firsts - {None}:
            assert option is not None
            (place,) = one.about(option.target, "place")
            assert "phone" in place.where


CONSUMES_ONNX = 'title = "Echo"\nconsumes = ["onnx"]'
PLACE = """
[[place]]
where = ["server"]
says = "Echo runs on a server."
source = "https://example.org"
checked = "2026-12-01"
"""


def test_a_target_of_another_root_is_recommended_by_its_own_guidance(
    known: Guidance, tmp_path: Path
) -> None:
    write_layer(tmp_path, "targets/echo", CONSUMES_ONNX, PLACE)
    both = guidance_of(*known.catalog.roots, tmp_path)
    options = recommend(case(framework=PT), both).options
    assert [option.target.name for option in options] == ["flask", "echo"]
    elsewhere = recommend(case(framework=PT, where="phone"), both).ruled_out
    (out,) = (out for out in elsewhere if out.target.name == "echo")
    assert [one.says for one in out.because] == ["Echo runs on a server."]


def test_a_target_without_a_place_is_ruled_out_with_the_file_and_the_key(
    known: Guidance, tmp_path: Path
) -> None:
    write_layer(tmp_path, "targets/echo", CONSUMES_ONNX)
    both = guidance_of(*known.catalog.roots, tmp_path)
    result = recommend(case(framework=PT), both)
    (out,) = (out for out in result.ruled_out if out.target.name == "echo")
    (reason,) = out.because
    assert reason.says == (
        f"Echo does not say where it runs: add [[place]] to "
        f"{tmp_path / 'targets/echo/guidance.toml'}, with where as a list of server, "
        "phone, embedded."
    )


def test_a_framework_without_guidance_is_ranked_by_its_targets(
    known: Guidance, tmp_path: Path
) -> None:
    write_layer(tmp_path, "frameworks/sklearn", 'title = "scikit-learn"')
    (tmp_path / "frameworks/sklearn/exports/onnx").mkdir(parents=True)
    both = guidance_of(*known.catalog.roots, tmp_path)
    (option,) = recommend(case(framework="sklearn"), both).options
    assert option.name == "scikit-learn with flask"
    assert option.score == 1


def test_best_target_is_the_first_choice(known: Guidance) -> None:
    assert best_target(TF, known.catalog) == SERVING
    assert best_target(PT, known.catalog) == FLASK


@pytest.fixture
def rankings(monkeypatch: pytest.MonkeyPatch) -> list[Situation]:
    """The situations that the pairs are ranked for, as they come."""
    ranked: list[Situation] = []

    def counted(situation: Situation, known: Guidance) -> Any:
        ranked.append(situation)
        return rank(situation, known)

    for module in (ranking, recommendation):
        monkeypatch.setattr(module, "rank", counted)
    return ranked


def test_the_first_target_takes_one_ranking(
    known: Guidance, rankings: list[Situation]
) -> None:
    best_target(K, known.catalog)
    assert rankings == [case(framework=K)]


def test_each_answer_to_an_open_question_takes_one_ranking(
    known: Guidance, rankings: list[Situation]
) -> None:
    settled = case(framework=K, where="server", python="yes", swap="no")
    questions = recommendation.open_questions(settled, known)
    recommend(settled, known)
    assert rankings[0] == settled
    # Answers that contradict the others are not ranked.
    answers = sum(len(question.choices) for question in questions)
    assert 1 < len(rankings) <= 1 + answers
    assert len({str(one.answers) for one in rankings}) == len(rankings)


def test_answers_that_contradict_are_refused_before_ranking(
    known: Guidance, rankings: list[Situation]
) -> None:
    with pytest.raises(UsageError, match="applies to a server"):
        recommend(case(where="phone", rate=1.0), known)
    assert rankings == []
