"""`dlscaffold recommend`: its options, its questions and what it prints."""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import model_files as made
import pytest
from advice_layers import (
    ALL_TARGETS,
    DOCUMENT_TARGETS,
    FLASK,
    PACKAGED,
    PT,
    SERVING,
    TF,
    K,
    case,
    guidance_of,
    write_layers,
)
from click.testing import Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dlscaffold.advice.guidance import Guidance
from dlscaffold.advice.ranking import best_target, first_choice
from dlscaffold.advice.situation import Question
from dlscaffold.advice.statements import DOCUMENT
from dlscaffold.commands import recommend
from dlscaffold.errors import UsageError
from dlscaffold.layers import choices

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def packaged_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is recommended here does not depend on layers of other roots."""
    monkeypatch.delenv(choices.VARIABLE, raising=False)


@pytest.fixture
def all_targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Guidance:
    """The guidance of five targets, which the command line reads instead."""
    root = write_layers(tmp_path / "layers", ALL_TARGETS)
    monkeypatch.setattr(choices, "packaged", lambda: str(root))
    return guidance_of(root)


@pytest.fixture
def document_targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The document's three targets, which the command line reads instead."""
    root = write_layers(tmp_path / "layers", DOCUMENT_TARGETS)
    monkeypatch.setattr(choices, "packaged", lambda: str(root))


GPU = """
[[question]]
name = "gpu_memory"
prompt = "How many gigabytes does the GPU have?"
unit = "gigabytes"
range = [1, 1_000]
levels = { little = 8, much = inf }
"""


def test_a_row_of_the_guidance_makes_a_question_and_its_option(
    dlscaffold: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write_layers(tmp_path / "layers", ALL_TARGETS)
    with (root / "guidance.toml").open("a", encoding="utf-8") as file:
        file.write(GPU)
    monkeypatch.setattr(choices, "packaged", lambda: str(root))
    text = " ".join(dlscaffold("recommend", "--help").stdout.split())
    assert "--gpu-memory NUMBER How many gigabytes does the GPU have?" in text
    for question in guidance_of(root).questions:
        assert f"{question.option} " in text
    said = json.loads(dlscaffold("recommend", "--gpu-memory", "4", "--json").stdout)
    assert said["answers"] == {"gpu_memory": 4.0}
    refused = dlscaffold("recommend", "--gpu-memory", "0.5")
    assert "not a number from 1 to 1,000: give gigabytes." in refused.stderr


FLAGS = {
    "--framework": [TF, K, PT],
    "--where": ["server", "phone", "embedded"],
    "--python": ["yes", "no"],
    "--swap": ["yes", "no"],
    "--team": ["new", "experienced"],
    "--rate": ["3", "3000"],
    "--processor": ["x86_64", "arm64"],
}


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    answers=st.fixed_dictionaries(
        {}, optional={flag: st.sampled_from(known) for flag, known in FLAGS.items()}
    ),
    seed=st.integers(0, 1000),
)
def test_the_order_of_flags_does_not_matter(
    dlscaffold: Run, answers: dict[str, str], seed: int
) -> None:
    pairs = list(answers.items())
    shuffled = random.Random(seed).sample(pairs, len(pairs))  # noqa: S311
    one = dlscaffold("recommend", "--json", *itertools.chain(*pairs))
    other = dlscaffold("recommend", *itertools.chain(*shuffled), "--json")
    assert one.exit_code == other.exit_code
    assert one.stdout == other.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("--framework", "torch"),
            "no framework called 'torch': did you mean pytorch?",
        ),
        (("--framework", "kears"), "did you mean keras?"),
        (("--where", "fone"), "did you mean phone?"),
        (("--where", "xyz"), "choose server or phone or embedded"),
        (("--rate", "nan"), "--rate nan is not a number from 0.0001 to 1,000,000"),
        (("--rate", "inf"), "--rate inf is not a number from 0.0001 to 1,000,000"),
        (("--rate", "-3"), "--rate -3 is not a number from 0.0001 to 1,000,000"),
        (("--rate", "0"), "give requests per second"),
        (("--latency", "fast"), "--latency fast is not a number"),
        (("--model-size", "1e400"), "give megabytes"),
        (("--rate", "1e11"), "--rate 1e11 is not a number from 0.0001 to 1,000,000"),
        (
            ("--latency", "1e-9"),
            "not a number from 0.01 to 3,600,000: give milliseconds",
        ),
        (
            ("--model-size", "1e9"),
            "not a number from 0.001 to 1,000,000: give megabytes",
        ),
        (("--where", "server", "--where", "phone"), "given as phone and as server"),
        (("--python", "yes", "--python", "no"), "given as no and as yes"),
        (("--rate", "1", "--rate", "2"), "given as 1 and as 2"),
        (("--where", "phone", "--system", "windows"), "give --system android or ios"),
        (("--where", "server", "--system", "ios"), "give --where phone"),
        (("--where", "phone", "--containers", "yes"), "No container engine"),
        (("--where", "phone", "--rate", "9"), "applies to a server"),
        (("--system", "android", "--rate", "9"), "applies to a server"),
        (("--where", "embedded", "--rate", "5000"), "applies to a server"),
        (("--where", "embedded", "--system", "ios"), "give another --system"),
        (("--where", "phone", "--emulation", "yes"), "leave out --emulation yes"),
        (("--processor", "x86_64", "--emulation", "yes"), "needs no emulation"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(
    dlscaffold: Run, arguments: tuple[str, ...], sentence: str
) -> None:
    result = dlscaffold("recommend", *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("Error: ")
    assert sentence in line


def test_the_same_answer_twice_is_no_contradiction(dlscaffold: Run) -> None:
    twice = ("--python", "yes", "--python", "yes")
    assert dlscaffold("recommend", *twice).exit_code == 0


MODELS = Path(__file__).parent / "models"


def recommended(dlscaffold: Run, model: Path, *flags: str) -> dict[str, Any]:
    """Return what is recommended for a model."""
    result = dlscaffold("recommend", "--json", "--model", model, *flags)
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found


def test_a_model_says_framework_size_and_targets(
    dlscaffold: Run, tmp_path: Path
) -> None:
    path = tmp_path / "net.PT"
    path.write_bytes(made.torchscript())
    found = recommended(dlscaffold, path)
    size = path.stat().st_size / 1e6
    assert found["answers"] == {"framework": "pytorch", "model_size": size}
    examples = "--examples X.npz"  # as the file says no shapes
    command = f"dlscaffold new net --model {path} {examples} --target flask"
    assert found["options"][0]["command"] == command
    (why,) = (o for o in found["ruled_out"] if o["target"] == "tensorflow-serving")
    assert "cannot become" in why["because"][0]["says"]


def test_a_saved_model_is_tensorflow_unless_said_to_be_keras(dlscaffold: Run) -> None:
    for flags, framework in ((), "tensorflow"), (("--framework", "keras"), "keras"):
        found = recommended(dlscaffold, MODELS / "greeter", *flags)
        assert found["answers"]["framework"] == framework


def test_what_does_not_fit_the_model_is_not_recommended(dlscaffold: Run) -> None:
    """This one takes strings, which only TensorFlow Serving does."""
    found = recommended(dlscaffold, MODELS / "greeter")
    assert [option["target"] for option in found["options"]] == ["tensorflow-serving"]


def test_a_model_of_any_framework_can_be_recommended_for(dlscaffold: Run) -> None:
    for flags in ((), ("--framework", "pytorch")):
        found = recommended(dlscaffold, MODELS / "ranker.onnx", *flags)
        assert [option["target"] for option in found["options"]] == ["flask"]


def test_no_framework_is_needed_to_recommend_for_a_model(
    dlscaffold: Run, tmp_path: Path
) -> None:
    """HDF5 takes h5py to read; what fits follows from what it is."""
    (tmp_path / "net.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    found = recommended(dlscaffold, tmp_path / "net.h5")
    assert found["answers"]["framework"] == "keras"
    assert "--python" in found["options"][0]["command"]  # `new` reads all of it


@pytest.mark.parametrize(
    ("name", "flags", "says"),
    [
        ("no/such.keras", (), "name a model's file or folder"),
        (".", (), "is a folder without a saved_model.pb"),
        ("greeter", ("--framework", "pytorch"), "is a tensorflow model"),
    ],
)
def test_a_model_that_cannot_be_used_is_one_sentence(
    dlscaffold: Run, name: str, flags: tuple[str, ...], says: str
) -> None:
    result = dlscaffold("recommend", "--model", MODELS / name, *flags)
    assert result.exit_code in (1, 2)
    assert says in " ".join(result.stderr.split())


def test_json_is_one_object_with_reasons_and_the_command(dlscaffold: Run) -> None:
    result = dlscaffold(
        "recommend", "--framework", "keras", "--python", "yes", "--json"
    )
    said = json.loads(result.stdout)
    first = said["options"][0]
    assert (first["framework"], first["target"]) == ("keras", "flask")
    assert first["command"].startswith("dlscaffold new ")
    assert all({"says", "source", "weight"} <= set(reason) for reason in first["for"])
    assert said["assumed"] == ["where: server"]


@pytest.mark.usefixtures("all_targets")
def test_text_has_the_same_and_the_command_last(dlscaffold: Run) -> None:
    result = dlscaffold("recommend", "--framework", "pytorch", "--where", "phone")
    assert result.exit_code == 0
    text = " ".join(result.stdout.split())
    assert "1. PyTorch with executorch" in text
    assert "no longer maintained" in text
    last = result.stdout.strip().splitlines()[-1].strip()
    assert last == ("dlscaffold new my-model --framework pytorch --target executorch")


def test_a_narrow_terminal_cuts_no_source_off(
    dlscaffold: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    words = ("recommend", "--framework", "keras", "--where", "server")
    sources = {
        reason["source"]
        for option in json.loads(dlscaffold(*words, "--json").stdout)["options"][:3]
        for reason in option["for"] + option["against"]
        if reason["source"] != DOCUMENT
    }
    said = "".join(dlscaffold(*words).stdout.split())
    assert "…" not in said
    assert {source for source in sources if source not in said} == set()


@pytest.mark.usefixtures("all_targets")
def test_a_tie_is_named_as_the_reason_for_low_confidence(dlscaffold: Run) -> None:
    shown = dlscaffold(
        *("recommend", "--framework", TF, "--latency", "5"),
        *("--where", "server", "--system", "linux"),
    )
    assert "Confidence: low: the first two have the same score." in shown.stdout


@pytest.mark.usefixtures("document_targets")
def test_nothing_that_fits_is_said_and_is_status_1(dlscaffold: Run) -> None:
    result = dlscaffold("recommend", "--framework", "keras", "--where", "phone")
    assert result.exit_code == 1
    assert "Nothing here fits these answers" in result.stdout
    assert "LiteRT" in result.stdout


Asked = dict[str, Question]


def answering(monkeypatch: pytest.MonkeyPatch, **answers: str) -> Asked:
    """Answer these questions and leave others open; return those that are asked."""
    asked: Asked = {}

    def answer(question: Question) -> str | None:
        asked[question.name] = question
        return answers.get(question.name)

    monkeypatch.setattr(recommend, "_ask_choice", answer)
    return asked


def test_only_questions_that_could_change_the_choice_are_asked(
    all_targets: Guidance, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answering(monkeypatch, framework=K, where="server", python="yes")
    situation = recommend.ask(case(), all_targets)
    assert list(asked) == ["framework", "where", "python"]
    first = first_choice(situation, all_targets)
    assert first is not None
    assert first.target.name == FLASK


def test_a_number_is_asked_for_where_it_matters(
    all_targets: Guidance, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answering(monkeypatch, rate="1000")
    open_rate = case(framework=K, where="server", processor="x86_64")
    situation = recommend.ask(open_rate, all_targets)
    assert situation.answers["rate"] == 1000.0
    assert list(asked["rate"].choices.values()) == [
        "less than 500 requests per second",
        "more than 500 requests per second",
    ]
    first = first_choice(situation, all_targets)
    assert first is not None
    assert first.target.name == SERVING


def test_an_open_answer_is_no_answer(
    all_targets: Guidance, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch)
    assert recommend.ask(case(), all_targets) == case()


def test_answers_that_contradict_end_the_questions(
    all_targets: Guidance, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answering(monkeypatch, where="phone")
    with pytest.raises(UsageError, match="give --system android"):
        recommend.ask(case(system="linux"), all_targets)
    assert list(asked) == ["framework", "where"]


# ---- on a terminal -----------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals are of POSIX systems")
def test_on_a_terminal_three_answers_are_enough() -> None:
    text = on_terminal(
        ["recommend"],
        {
            "Which framework": ENTER,
            "Where does the model run": ENTER,
            "Does Python code run": ENTER,
        },
    )
    assert "1. Keras with Flask" in text
    assert "--framework keras --target flask" in text


@pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals are of POSIX systems")
def test_on_a_terminal_what_is_given_is_not_asked() -> None:
    text = on_terminal(
        ["recommend", "--framework", "keras", "--python", "yes"],
        {"Where does the model run": ENTER},
    )
    assert "Which framework" not in text
    assert "1. Keras with Flask" in text


@pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals are of POSIX systems")
def test_new_offers_the_recommended_target_first() -> None:
    text = on_terminal(
        ["new", "x", "--framework", "tensorflow", "--dry-run", "-o", "nowhere"],
        {"What is the model about": ENTER, "What should serve it": ENTER},
    )
    best = best_target(TF, PACKAGED)
    assert re.search(rf"{PACKAGED.target(best).title} .*\(recommended\)", text)
    assert f"targets/{best}" in text


ENTER = "\r"


def on_terminal(words: list[str], keys: dict[str, str]) -> str:
    """Run the command on a pseudo-terminal, with keys for each prompt; return all."""
    import pty
    import select

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "dlscaffold", *words]
    environment = {**os.environ, "PROMPT_TOOLKIT_NO_CPR": "1", "TERM": "xterm"}
    child = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    )
    os.close(theirs)
    waiting, text = dict(keys), ""
    try:
        while select.select([ours], [], [], 60)[0]:
            try:
                text += os.read(ours, 4096).decode("utf-8", "replace")
            except OSError:  # the other end is closed: it is done
                break
            for prompt in [prompt for prompt in waiting if prompt in text]:
                os.write(ours, waiting.pop(prompt).encode())
    finally:
        child.kill()
        child.wait()
        os.close(ours)
    assert not waiting, f"never asked: {waiting}"
    return text
