"""Which pair is recommended, for which reason; what is compared; what is refused."""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import model_files as made
import pytest
from click.testing import Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dlscaffold.advice import answers, guidance
from dlscaffold.advice import ranking as advice
from dlscaffold.advice.answers import Answers
from dlscaffold.errors import UsageError
from dlscaffold.layers import roots as folders
from dlscaffold.layers.catalog import installed
from dlscaffold.layers.choices import MANIFEST
from dlscaffold.layers.finding import find_cell

Run = Callable[..., Result]

EXPORTS = {
    "tensorflow": ["saved-model", "onnx", "litert"],
    "keras": ["saved-model", "onnx", "litert"],
    "pytorch": ["onnx", "lite-interpreter", "executorch"],
}
DOCUMENT_TARGETS = {
    "tensorflow-serving": ["saved-model"],
    "flask": ["onnx", "saved-model"],
    "pytorch-mobile": ["lite-interpreter"],
}
ALL_TARGETS = {**DOCUMENT_TARGETS, "executorch": ["executorch"], "litert": ["litert"]}
TITLES = {"tensorflow": "TensorFlow", "keras": "Keras", "pytorch": "PyTorch"}


def write_layers(root: Path, targets: dict[str, list[str]]) -> Path:
    """Write manifests for these targets, and the guidance that is in use."""
    for name, formats in EXPORTS.items():
        write_layer(root / "frameworks" / name, f'title = "{TITLES[name]}"')
        for format_name in formats:
            (root / "frameworks" / name / "exports" / format_name).mkdir(parents=True)
            write_layer(root / "formats" / format_name, f'title = "{format_name}"')
    for name, formats in targets.items():
        title = f'title = "{name}"\nconsumes = {json.dumps(formats)}'
        write_layer(root / "targets" / name, title)
    for file in Path(folders.packaged()).glob("*.toml"):
        shutil.copy(file, root)
    return root


def write_layer(folder: Path, manifest: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).write_text(manifest, "utf-8")


@pytest.fixture(scope="session")
def roots(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Layers with the document's three targets, and with all five."""
    folder = tmp_path_factory.mktemp("layers")
    return {
        "document": write_layers(folder / "document", DOCUMENT_TARGETS),
        "all": write_layers(folder / "all", ALL_TARGETS),
    }


@pytest.fixture
def use(
    roots: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], None]:
    """Put one of these sets of layers in the place of the real ones."""

    def replace(name: str) -> None:
        put_in_place(roots[name], monkeypatch)

    return replace


def put_in_place(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the generator read its layers from another folder."""
    monkeypatch.setattr(folders, "packaged", lambda: str(root))


@pytest.fixture
def all_targets(use: Callable[[str], None]) -> None:
    use("all")


TF, K, PT = "tensorflow", "keras", "pytorch"
SERVING, FLASK, LITERT, EXEC = "tensorflow-serving", "flask", "litert", "executorch"

# The answers, the first choice, and words of the reason that speaks for it (where there
# is none, of what ruled the rest out).
SCENARIOS: list[tuple[dict[str, Any], tuple[str, str] | None, str]] = [
    ({}, (K, FLASK), "best for newbies"),
    ({"framework": K}, (K, FLASK), "TensorFlow Serving or Flask"),
    ({"framework": TF}, (TF, SERVING), "easy to deploy with TensorFlow Serving"),
    ({"framework": PT}, (PT, FLASK), "ONNX Runtime serves"),
    ({"where": "server"}, (K, FLASK), "Python and nothing else"),
    ({"team": "new"}, (K, FLASK), "new to deployment"),
    ({"framework": K, "python": "yes"}, (K, FLASK), "same process as the model"),
    ({"framework": TF, "python": "yes"}, (TF, FLASK), "same process as the model"),
    ({"framework": PT, "python": "yes"}, (PT, FLASK), "same process as the model"),
    ({"framework": K, "python": "no"}, (K, SERVING), "no code of your own"),
    ({"framework": TF, "python": "no"}, (TF, SERVING), "no code of your own"),
    ({"framework": K, "swap": "yes"}, (K, SERVING), "without a stop"),
    ({"framework": TF, "swap": "yes"}, (TF, SERVING), "without a stop"),
    ({"framework": PT, "swap": "yes"}, (PT, FLASK), "ONNX Runtime serves"),
    (
        {"framework": K, "rate": 3000.0, "swap": "yes", "python": "no"},
        (K, SERVING),
        "without a stop",
    ),
    (
        {"framework": TF, "rate": 3000.0, "swap": "yes", "python": "no"},
        (TF, SERVING),
        "without a stop",
    ),
    ({"framework": K, "rate": 3000.0}, (K, SERVING), "into batches"),
    ({"framework": K, "rate": 5.0}, (K, FLASK), "Python and nothing else"),
    ({"framework": PT, "rate": 3000.0}, (PT, FLASK), "ONNX Runtime serves"),
    (
        {"framework": K, "rate": 3000.0, "python": "yes"},
        (K, FLASK),
        "same process as the model",
    ),
    (
        {"framework": K, "swap": "yes", "python": "yes"},
        (K, FLASK),
        "same process as the model",
    ),
    ({"framework": K, "team": "new"}, (K, FLASK), "read from end to end"),
    ({"framework": TF, "team": "new"}, (TF, FLASK), "read from end to end"),
    (
        {"framework": TF, "team": "experienced"},
        (TF, SERVING),
        "configured, not programmed",
    ),
    (
        {"framework": K, "team": "new", "swap": "yes", "python": "no"},
        (K, SERVING),
        "without a stop",
    ),
    ({"framework": TF, "processor": "arm64"}, (TF, FLASK), "arm64"),
    (
        {"framework": K, "processor": "arm64", "swap": "yes", "rate": 3000.0},
        (K, FLASK),
        "arm64",
    ),
    (
        {
            "framework": K,
            "processor": "arm64",
            "emulation": "yes",
            "swap": "yes",
            "python": "no",
        },
        (K, SERVING),
        "without a stop",
    ),
    (
        {"framework": TF, "processor": "arm64", "emulation": "yes"},
        (TF, FLASK),
        "Python and nothing else",
    ),
    ({"framework": TF, "processor": "x86_64"}, (TF, SERVING), "easy to deploy"),
    (
        {"framework": TF, "containers": "no", "system": "windows"},
        (TF, FLASK),
        "without a container engine",
    ),
    (
        {"framework": TF, "containers": "no", "system": "macos"},
        (TF, FLASK),
        "without a container engine",
    ),
    (
        {"framework": TF, "containers": "no", "system": "linux"},
        (TF, FLASK),
        "without a container engine",
    ),
    (
        {"framework": TF, "containers": "no", "system": "linux", "swap": "yes"},
        (TF, SERVING),
        "without a stop",
    ),
    ({"framework": TF, "containers": "yes"}, (TF, SERVING), "easy to deploy"),
    ({"framework": K, "latency": 5.0}, (K, FLASK), "times FastAPI"),
    ({"framework": K, "latency": 500.0}, (K, FLASK), "Python and nothing else"),
    (
        {
            "framework": K,
            "where": "server",
            "python": "no",
            "swap": "no",
            "rate": 5.0,
            "latency": 500.0,
        },
        (K, FLASK),
        "Python and nothing else",
    ),
    ({"framework": TF, "python": "no", "rate": 5.0}, (TF, SERVING), "no code of your"),
    ({"framework": TF, "swap": "no", "rate": 5.0}, (TF, FLASK), "nothing else"),
    (
        {
            "framework": K,
            "processor": "arm64",
            "emulation": "yes",
            "swap": "yes",
            "rate": 5000.0,
        },
        (K, FLASK),
        "arm64",
    ),
    (
        {
            "framework": TF,
            "processor": "arm64",
            "emulation": "yes",
            "containers": "no",
            "swap": "yes",
        },
        (TF, FLASK),
        "without a container engine",
    ),
    ({"where": "phone", "latency": 5.0}, (K, LITERT), "no round trip"),
    ({"framework": TF, "model_size": 5000.0}, (TF, SERVING), "files of their own"),
    ({"framework": PT, "model_size": 5000.0}, (PT, FLASK), "ONNX Runtime serves"),
    ({"framework": PT, "where": "phone"}, (PT, EXEC), "own documentation"),
    ({"framework": PT, "system": "android"}, (PT, EXEC), "own documentation"),
    ({"framework": PT, "system": "ios"}, (PT, EXEC), "own documentation"),
    ({"framework": TF, "where": "phone"}, (TF, LITERT), "formerly TensorFlow Lite"),
    ({"framework": K, "where": "phone"}, (K, LITERT), "formerly TensorFlow Lite"),
    ({"framework": K, "system": "ios"}, (K, LITERT), "formerly TensorFlow Lite"),
    ({"where": "phone"}, (K, LITERT), "best for newbies"),
    (
        {"framework": PT, "where": "phone", "python": "yes"},
        (PT, EXEC),
        "own documentation",
    ),
    (
        {"framework": TF, "where": "phone", "latency": 5.0},
        (TF, LITERT),
        "formerly TensorFlow Lite",
    ),
    ({"framework": K, "where": "embedded"}, (K, LITERT), "microcontrollers"),
    ({"framework": TF, "where": "embedded"}, (TF, LITERT), "microcontrollers"),
    ({"framework": PT, "where": "embedded"}, (PT, EXEC), "own documentation"),
    (
        {"framework": K, "where": "embedded", "python": "yes"},
        (K, FLASK),
        "same process as the model",
    ),
    (
        {"framework": PT, "where": "embedded", "python": "yes", "system": "android"},
        (PT, EXEC),
        "own documentation",
    ),
    (
        {"framework": K, "where": "embedded", "python": "yes", "system": "android"},
        (K, LITERT),
        "microcontrollers",
    ),
    (
        {"framework": PT, "where": "embedded", "python": "yes", "system": "linux"},
        (PT, FLASK),
        "same process as the model",
    ),
    (
        {"framework": PT, "where": "embedded", "python": "yes", "swap": "yes"},
        (PT, FLASK),
        "same process as the model",
    ),
    # No target for devices needs containers, so that there are none favours none.
    (
        {"where": "embedded", "team": "new", "python": "no", "containers": "no"},
        (K, LITERT),
        "microcontrollers",
    ),
    ({"framework": PT, "where": "phone", "model_size": 900.0}, (PT, EXEC), "own doc"),
    (
        {"framework": K, "system": "ios", "model_size": 3000.0},
        (K, LITERT),
        "formerly TensorFlow Lite",
    ),
    ({"framework": K, "where": "phone", "model_size": 5000.0}, None, "at most 4 GB"),
    ({"framework": PT, "where": "phone", "model_size": 5000.0}, None, "at most 4 GB"),
    (
        {"framework": TF, "system": "android", "model_size": 3000.0},
        None,
        "at most 1.5 GB in one asset pack",
    ),
]


def test_there_are_forty_scenarios_and_more() -> None:
    assert len(SCENARIOS) >= 40


@pytest.mark.usefixtures("all_targets")
@pytest.mark.parametrize(
    ("told", "first", "reason"),
    SCENARIOS,
    ids=["-".join(map(str, told.values())) or "nothing" for told, _, _ in SCENARIOS],
)
def test_scenario(
    told: dict[str, Any], first: tuple[str, str] | None, reason: str
) -> None:
    result = advice.recommend(Answers(**told))
    if not first:
        assert (result.options, result.confidence) == ((), "none")
        against = [said for out in result.ruled_out for said in out.because]
        assert any(reason in statement.says for statement in against)
        return
    option = result.options[0]
    assert (option.framework.name, option.target.name) == first
    assert any(reason in statement.says for statement in option.pros)
    assert option.command.endswith(f"--framework {first[0]} --target {first[1]}")


def test_without_executorch_pytorch_mobile_is_first_with_the_warning(
    use: Callable[[str], None],
) -> None:
    use("document")
    result = advice.recommend(Answers(framework=PT, where="phone"))
    (option,) = result.options
    assert option.target.name == "pytorch-mobile"
    assert "makes deployment easy" in option.pros[0].says
    assert "no longer maintained" in option.cons[0].says
    assert option.cons[0].date == "2024-09-04"
    assert result.confidence == "low"


@pytest.mark.usefixtures("all_targets")
def test_with_executorch_it_comes_before_pytorch_mobile() -> None:
    result = advice.recommend(Answers(framework=PT, where="phone"))
    names = [option.target.name for option in result.options]
    assert names == ["executorch", "pytorch-mobile"]


def test_tensorflow_on_a_phone_is_nothing_the_document_names_but_says_what_is(
    use: Callable[[str], None],
) -> None:
    use("document")
    result = advice.recommend(Answers(framework=TF, where="phone"))
    assert result.options == ()
    assert result.confidence == "none"
    assert [note.says for note in result.notes if "LiteRT" in note.says]
    use("all")
    assert not advice.recommend(Answers(framework=TF, where="phone")).notes


@pytest.mark.usefixtures("all_targets")
@pytest.mark.parametrize(
    ("told", "target", "because"),
    [
        ({"framework": PT}, SERVING, "loads saved-model, but PyTorch exports"),
        ({"framework": K, "processor": "arm64"}, SERVING, "no official arm64 image"),
        ({"framework": K, "python": "yes"}, SERVING, "has no place in it"),
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
    told: dict[str, Any], target: str, because: str
) -> None:
    result = advice.recommend(Answers(**told))
    (out,) = (out for out in result.ruled_out if out.target.name == target)
    assert any(because in statement.says for statement in out.because)


@pytest.mark.usefixtures("all_targets")
def test_arm64_without_emulation_says_what_then() -> None:
    result = advice.recommend(Answers(framework=TF, processor="arm64"))
    (out,) = (out for out in result.ruled_out if out.target.name == SERVING)
    assert "Flask answers the same requests on arm64" in out.because[0].says
    assert "--emulation yes" in out.because[0].says


@pytest.mark.usefixtures("all_targets")
@pytest.mark.parametrize(
    ("told", "against"),
    [({"rate": 5.0}, "made for many clients"), ({"swap": "no"}, "not asked for here")],
)
def test_a_server_of_its_own_has_to_be_worth_it(
    told: dict[str, Any], against: str
) -> None:
    result = advice.recommend(Answers(framework=TF, **told))
    (option,) = (o for o in result.options if o.target.name == SERVING)
    assert any(against in con.says for con in option.cons)


@pytest.mark.usefixtures("all_targets")
def test_a_default_that_rules_a_target_out_is_an_assumption() -> None:
    told = Answers(framework=TF, where="server", processor="arm64")
    assert advice.recommend(told).assumed == ("emulation: no",)
    for settled in (told._replace(emulation="no"), told._replace(processor="x86_64")):
        assert advice.recommend(settled).assumed == ()


@pytest.mark.usefixtures("all_targets")
@pytest.mark.parametrize("where", ["phone", "embedded"])
def test_a_large_model_on_a_device_is_a_doubt(where: str) -> None:
    result = advice.recommend(Answers(where=where, model_size=3000.0))
    assert result.confidence == "low"
    assert "3.2 GB of memory" in result.options[0].cons[0].says


@pytest.mark.usefixtures("all_targets")
def test_the_system_of_a_phone_is_no_doubt_beside_the_place() -> None:
    changes = advice.recommend(Answers(framework=PT)).changes
    assert {(change.question, change.answer) for change in changes} == {
        ("where", "phone"),
        ("where", "embedded"),
    }
    board = advice.recommend(Answers(framework=PT, where="embedded", python="yes"))
    assert ("system", "android") in {(c.question, c.answer) for c in board.changes}


@pytest.mark.usefixtures("all_targets")
@pytest.mark.parametrize("where", ["phone", "embedded"])
def test_that_no_python_runs_in_an_app_is_said_of_phones(where: str) -> None:
    options = advice.recommend(Answers(where=where, python="yes")).options
    said = {con.says for option in options for con in option.cons}
    assert any("in a phone app" in words for words in said) == (where == "phone")


@pytest.mark.usefixtures("all_targets")
def test_two_that_are_as_good_as_each_other_are_no_sure_choice(dlscaffold: Run) -> None:
    told = Answers(framework=TF, latency=5.0, where="server", system="linux")
    result = advice.recommend(told)
    assert result.options[0].score == result.options[1].score
    assert result.confidence == "low"
    shown = dlscaffold(
        *("recommend", "--framework", TF, "--latency", "5"),
        *("--where", "server", "--system", "linux"),
    )
    assert "as good as each other" in shown.stdout


@pytest.mark.usefixtures("all_targets")
def test_answers_that_pull_apart_are_named() -> None:
    told = Answers(framework=K, where="server", python="yes", swap="yes")
    assert "pull apart" in advice.recommend(told).notes[0].says


@pytest.mark.usefixtures("all_targets")
def test_confidence_is_what_the_open_questions_leave_of_it() -> None:
    settled = Answers(framework=K, where="server", python="yes")
    assert advice.recommend(settled).confidence == "high"
    result = advice.recommend(Answers(framework=K, where="server", team="new"))
    assert result.confidence != "high"
    assert {"swap", "python"} & {change.question for change in result.changes}
    for change in result.changes:
        told = advice.with_answer(result.answers, change.question, change.answer)
        again = advice.recommend(told).options[0]
        assert again.name == change.first.name != result.options[0].name


def every_combination() -> Iterator[Answers]:
    """Yield a fixed sample of all combinations of answers, none of them twice."""
    names = [question.name for question in answers.QUESTIONS]
    choices = [[None, *question.choices] for question in answers.QUESTIONS]
    combinations = list(itertools.product(*choices))
    for values in random.Random(0).sample(combinations, 400):  # noqa: S311
        yield Answers(**dict(zip(names, values, strict=True)))


@pytest.mark.parametrize("layers", ["real", "document", "all"])
def test_no_recommendation_names_a_pair_that_new_refuses(
    layers: str, use: Callable[[str], None]
) -> None:
    if layers != "real":
        use(layers)
    known = guidance.load()
    named = set()
    for told in every_combination():
        told = advice.complete(told)
        options, _ = advice.rank(told, advice.facts_of(told, known), known)
        named |= {(o.framework.name, o.target.name, o.format) for o in options}
    assert named
    for framework, target, format_name in named:
        cell = find_cell(installed(), framework, target, format_name)
        preferred = find_cell(installed(), framework, target)
        assert cell.format.name == preferred.format.name


@pytest.mark.parametrize("layers", ["real", "document", "all"])
def test_a_phone_never_gets_a_target_for_servers_alone(
    layers: str, use: Callable[[str], None]
) -> None:
    if layers != "real":
        use(layers)
    known = guidance.load()
    for told in every_combination():
        told = advice.with_answer(told, "where", "phone")
        first = advice.first_choice(told, known)
        if first:
            (place,) = known.about(first.target.name, "place")
            assert "phone" in place.where


def test_a_target_that_nothing_is_known_of_is_ruled_out(
    roots: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(roots["all"], tmp_path / "layers")
    write_layer(tmp_path / "layers/targets/mystery", 'title = "M"\nconsumes = ["onnx"]')
    put_in_place(tmp_path / "layers", monkeypatch)
    (out,) = (
        out
        for out in advice.recommend(Answers(framework=K)).ruled_out
        if out.target.name == "mystery"
    )
    assert "Nothing is recorded of where M runs" in out.because[0].says


FLAGS = {
    "--framework": list(EXPORTS),
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
    told=st.fixed_dictionaries(
        {}, optional={flag: st.sampled_from(known) for flag, known in FLAGS.items()}
    ),
    seed=st.integers(0, 1000),
)
def test_the_order_of_flags_does_not_matter(
    dlscaffold: Run, told: dict[str, str], seed: int
) -> None:
    pairs = list(told.items())
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
        (("--rate", "nan"), "--rate nan is no figure from 0.0001 to 1,000,000"),
        (("--rate", "inf"), "--rate inf is no figure from 0.0001 to 1,000,000"),
        (("--rate", "-3"), "--rate -3 is no figure from 0.0001 to 1,000,000"),
        (("--rate", "0"), "give requests per second"),
        (("--latency", "fast"), "--latency fast is no figure"),
        (("--model-size", "1e400"), "give megabytes"),
        (("--rate", "1e11"), "--rate 1e11 is no figure from 0.0001 to 1,000,000"),
        (("--latency", "1e-9"), "no figure from 0.01 to 3,600,000: give milliseconds"),
        (("--model-size", "1e9"), "no figure from 0.001 to 1,000,000: give megabytes"),
        (("--where", "server", "--where", "phone"), "given as phone and as server"),
        (("--python", "yes", "--python", "no"), "given as no and as yes"),
        (("--rate", "1", "--rate", "2"), "given as 1 and as 2"),
        (("--where", "phone", "--system", "windows"), "give --system android or ios"),
        (("--where", "server", "--system", "ios"), "give --where phone"),
        (("--where", "phone", "--containers", "yes"), "No container engine"),
        (("--where", "phone", "--rate", "9"), "asked of a server"),
        (("--system", "android", "--rate", "9"), "asked of a server"),
        (("--where", "embedded", "--rate", "5000"), "asked of a server"),
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
    told = json.loads(result.stdout)
    assert isinstance(told, dict)
    return told


def test_a_model_says_framework_size_and_targets(
    dlscaffold: Run, tmp_path: Path
) -> None:
    path = tmp_path / "net.PT"
    path.write_bytes(made.torchscript())
    told = recommended(dlscaffold, path)
    size = path.stat().st_size / 1e6
    assert told["answers"] == {"framework": "pytorch", "model_size": size}
    examples = "--examples X.npz"  # as the file says no shapes
    command = f"dlscaffold new net --model {path} {examples} --target flask"
    assert told["options"][0]["command"] == command
    (why,) = (o for o in told["ruled_out"] if o["target"] == "tensorflow-serving")
    assert "cannot become" in why["because"][0]["says"]


def test_a_saved_model_is_tensorflow_unless_said_to_be_keras(dlscaffold: Run) -> None:
    for flags, framework in ((), "tensorflow"), (("--framework", "keras"), "keras"):
        told = recommended(dlscaffold, MODELS / "greeter", *flags)
        assert told["answers"]["framework"] == framework


def test_what_does_not_fit_the_model_is_not_recommended(dlscaffold: Run) -> None:
    """This one takes strings, which only TensorFlow Serving does."""
    told = recommended(dlscaffold, MODELS / "greeter")
    assert [option["target"] for option in told["options"]] == ["tensorflow-serving"]


def test_a_model_of_any_framework_can_be_recommended_for(dlscaffold: Run) -> None:
    for flags in ((), ("--framework", "pytorch")):
        told = recommended(dlscaffold, MODELS / "ranker.onnx", *flags)
        assert [option["target"] for option in told["options"]] == ["flask"]


def test_no_framework_is_needed_to_recommend_for_a_model(
    dlscaffold: Run, tmp_path: Path
) -> None:
    """HDF5 takes h5py to read; what fits follows from what it is."""
    (tmp_path / "net.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    told = recommended(dlscaffold, tmp_path / "net.h5")
    assert told["answers"]["framework"] == "keras"
    assert "--python" in told["options"][0]["command"]  # `new` reads all of it


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
def test_people_see_the_same_and_the_command_last(dlscaffold: Run) -> None:
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
        if reason["source"] != guidance.DOCUMENT
    }
    said = "".join(dlscaffold(*words).stdout.split())
    assert "…" not in said
    assert {source for source in sources if source not in said} == set()


def test_nothing_that_fits_is_said_and_is_status_1(
    dlscaffold: Run, use: Callable[[str], None]
) -> None:
    use("document")
    result = dlscaffold("recommend", "--framework", "keras", "--where", "phone")
    assert result.exit_code == 1
    assert "Nothing here fits these answers" in result.stdout
    assert "LiteRT" in result.stdout


@pytest.mark.usefixtures("all_targets")
def test_only_questions_that_could_change_the_choice_are_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from dlscaffold.commands import recommend

    asked = []

    def answer(question: answers.Question) -> str | None:
        asked.append(question.name)
        return {"framework": "keras", "where": "server", "python": "yes"}.get(
            question.name
        )

    monkeypatch.setattr(recommend, "_ask_choice", answer)
    told = recommend.ask(Answers())
    assert asked == ["framework", "where", "python"]
    assert advice.recommend(told).options[0].target.name == "flask"


@pytest.mark.usefixtures("all_targets")
def test_a_figure_is_asked_for_where_it_matters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from dlscaffold.commands import recommend

    asked = {}

    def answer(question: answers.Question) -> str | None:
        asked[question.name] = question
        return {"rate": "1000"}.get(question.name)

    monkeypatch.setattr(recommend, "_ask_choice", answer)
    told = recommend.ask(Answers(framework=K, where="server", processor="x86_64"))
    assert told.rate == 1000.0
    assert list(asked["rate"].choices.values()) == [
        "less than 500 requests per second",
        "more than 500 requests per second",
    ]
    assert advice.recommend(told).options[0].target.name == SERVING


@pytest.mark.usefixtures("all_targets")
def test_an_open_answer_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    from dlscaffold.commands import recommend

    monkeypatch.setattr(recommend, "_ask_choice", lambda _: None)
    assert recommend.ask(Answers()) == Answers()


@pytest.mark.usefixtures("all_targets")
def test_new_marks_what_recommend_would_choose() -> None:
    assert advice.best_target("tensorflow") == "tensorflow-serving"
    assert advice.best_target("pytorch") == "flask"


def test_a_contradiction_between_facts_is_refused_before_ranking() -> None:
    with pytest.raises(UsageError, match="asked of a server"):
        advice.recommend(Answers(where="phone", rate=1.0))


# ---- compare ---------------------------------------------------------------------


@pytest.mark.parametrize("columns", ["80", "160"])
def test_compare_shows_every_cell_at_any_width(
    dlscaffold: Run, columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    result = dlscaffold("compare")
    assert result.exit_code == 0
    known = guidance.load()
    for title in known.criteria.values():
        assert title.split()[0] in result.stdout
    plain = re.sub(r"[\s│]+", "", result.stdout)
    sources = {note.source for note in known.of("since")}
    assert all(source.replace(" ", "") in plain for source in sources)
    if columns == "80":
        for said in known.of("document-says"):
            assert f"“{said.says}”".replace(" ", "") in plain
        lines = result.stdout.splitlines()
        assert all(len(line) <= 80 for line in lines if "https://" not in line)


def test_compare_as_json_keeps_the_document_and_the_notes_apart(
    dlscaffold: Run,
) -> None:
    said = json.loads(dlscaffold("compare", "keras", "--json").stdout)
    assert said["frameworks"] == ["keras"]
    assert len(said["rows"]) == 6
    speed = said["rows"][1]["cells"]["keras"]
    assert (
        speed["document"] == "Slower than TensorFlow as it works on top of TensorFlow"
    )
    assert speed["notes"]
    assert all(note["source"] != "document" for note in speed["notes"])


def test_compare_with_a_stranger_names_the_nearest(dlscaffold: Run) -> None:
    result = dlscaffold("compare", "kers")
    assert result.exit_code == 2
    assert result.stderr == "Error: There is no framework 'kers': did you mean keras?\n"


def test_a_framework_named_twice_is_one_column(dlscaffold: Run) -> None:
    said = json.loads(dlscaffold("compare", "keras", "keras", "--json").stdout)
    assert said["frameworks"] == ["keras"]


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
        {"What should serve it": ENTER},
    )
    best = advice.best_target("tensorflow")
    (target,) = (target for target in installed().targets() if target.name == best)
    assert re.search(rf"{target.title} .*\(recommended\)", text)
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
