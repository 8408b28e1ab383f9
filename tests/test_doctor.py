"""What doctor says of a machine and of a project, each state with its fix."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sys
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from advice_layers import write_layer
from click.testing import Result

from conftest import CATALOG
from dlscaffold.advice import guidance
from dlscaffold.doctor import machine as this_machine
from dlscaffold.doctor import report
from dlscaffold.doctor.generated import digest, in_project, project_checks, version
from dlscaffold.doctor.machine import STATES, Check, needs_of
from dlscaffold.doctor.pairs import serving
from dlscaffold.layers.choices import VARIABLE
from dlscaffold.layers.finding import find_cell
from dlscaffold.project import names
from dlscaffold.project import rendering as project
from dlscaffold.running import interpreters, processes

Run = Callable[..., Result]
Usage = namedtuple("Usage", "total used free")


def as_program(path: Path, script: str) -> Path:
    """Write a program that runs the script, and return it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing on its PATH but what a test puts into this folder."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    for name in ("ANDROID_HOME", "ANDROID_SDK_ROOT", "JAVA_HOME"):
        monkeypatch.delenv(name, raising=False)
    return folder


def on_machine(monkeypatch: pytest.MonkeyPatch, system: str, machine: str) -> None:
    monkeypatch.setattr(this_machine.platform, "system", lambda: system)
    monkeypatch.setattr(this_machine.platform, "machine", lambda: machine)


def checks(path: Path) -> dict[str, Check]:
    found = this_machine.machine_checks(path, interpreters.find_pythons())
    return {check.name: check for check in found}


@pytest.mark.usefixtures("bare")
def test_every_check_has_a_known_state_and_a_fix_where_it_is_not_fine(
    tmp_path: Path,
) -> None:
    found = report.examine(tmp_path)
    assert found.project == ()
    for check in (*found.machine, *found.pairs):
        assert check.state in STATES
        assert check.says
        assert check.fix or check.state == "fine", check
    assert {p.name for p in found.pairs} == {
        f"{cell.framework.title} with {cell.target.title}" for cell in CATALOG.cells()
    }


@pytest.mark.usefixtures("bare")
def test_a_bare_machine_lacks_everything_but_python(tmp_path: Path) -> None:
    found = checks(tmp_path)
    assert found["make"].state == "warning"
    for name in ("container engine", "tensorflow_model_server", "Java", "Android SDK"):
        assert found[name].state == "missing"


@pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")
def test_what_is_there_is_found(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("make", "podman", "tensorflow_model_server", "javac"):
        as_program(bare / name, "exit 0")
    (tmp_path / "sdk" / "platforms").mkdir(parents=True)
    monkeypatch.setenv("ANDROID_HOME", str(tmp_path / "sdk"))
    found = checks(tmp_path)
    names_ = (
        "make",
        "container engine",
        "tensorflow_model_server",
        "Java",
        "Android SDK",
    )
    assert [found[name].state for name in names_] == ["fine"] * 5


@pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")
def test_an_engine_that_does_not_run_is_a_warning(bare: Path, tmp_path: Path) -> None:
    as_program(bare / "docker", "exit 1")
    check = checks(tmp_path)["container engine"]
    assert check.state == "warning"
    assert "docker info" in check.fix


@pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")
def test_an_engine_that_hangs_is_given_up(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "PATIENCE", 0.1)
    as_program(bare / "docker", "exec /bin/sleep 20")
    assert checks(tmp_path)["container engine"].state == "warning"


@pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")
def test_a_shim_of_a_python_that_is_not_installed_is_no_python(bare: Path) -> None:
    as_program(bare / "python3.19", "exit 127")
    as_program(bare / "python3.18", "exit 0")
    found = interpreters.find_pythons()
    assert "3.19" not in found
    assert found["3.18"] == str(bare / "python3.18")


def test_a_python_without_wheels_is_missing_with_the_version_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(report, "find_pythons", lambda: {"3.14": "/python3.14"})
    found = report.examine(tmp_path)
    pairs = {check.name: check for check in found.pairs}
    assert pairs["Keras with Flask"].state == "missing"
    assert "this machine has 3.14" in pairs["Keras with Flask"].says
    assert pairs["Keras with Flask"].fix == "install Python 3.13"
    assert pairs["Keras with ExecuTorch"].state != "missing"
    assert pairs["PyTorch with Flask"].state != "missing"
    assert found.ok


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("requires", "state"),
    [(">=3.10,<4.0", "fine"), (">=3.50", "missing"), ("==3.11", "missing")],
)
def test_the_project_says_which_python_it_needs(
    exported: Path, requires: str, state: str
) -> None:
    text = (exported / "pyproject.toml").read_text("utf-8")
    changed = re.sub(r"requires-python = .*", f'requires-python = "{requires}"', text)
    (exported / "pyproject.toml").write_text(changed, "utf-8")
    check = examined(exported)["Python"]
    assert check.state == state
    assert check.fix or state == "fine"


@pytest.mark.parametrize(
    ("system", "machine", "state"),
    [
        ("Linux", "x86_64", "fine"),
        ("Linux", "aarch64", "fine"),
        ("Darwin", "arm64", "fine"),
        ("Windows", "AMD64", "fine"),
        ("Darwin", "x86_64", "missing"),
        ("Windows", "ARM64", "missing"),
        ("Linux", "riscv64", "missing"),
    ],
)
def test_the_processor_decides_whether_there_are_wheels(
    system: str, machine: str, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_machine(monkeypatch, system, machine)
    framework = next(f for f in CATALOG.frameworks() if f.name == "tensorflow")
    check = this_machine.processor(framework, needs_of("tensorflow"))
    assert check.state == state


@pytest.mark.usefixtures("bare")
def test_a_machine_that_nothing_runs_on_is_status_1(
    dlscaffold: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_machine(monkeypatch, "Linux", "riscv64")
    result = dlscaffold("doctor", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["ok"] is False


@pytest.mark.parametrize(
    ("free", "state"), [(10**12, "fine"), (3 * 10**9, "warning"), (10**9, "missing")]
)
def test_disk(
    free: int, state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        this_machine.shutil, "disk_usage", lambda _: Usage(free, 0, free)
    )
    assert this_machine.disk(tmp_path).state == state


@pytest.mark.usefixtures("bare")
def test_serving_without_engine_or_binary_says_that_a_stand_in_serves(
    tmp_path: Path,
) -> None:
    check = serving(checks(tmp_path))
    assert check.state == "warning"
    assert "stand-in" in check.says


@pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")
def test_serving_on_arm64_says_that_the_image_is_for_another_processor(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_program(bare / "docker", "exit 0")
    on_machine(monkeypatch, "Linux", "x86_64")
    assert serving(checks(tmp_path)).state == "fine"
    on_machine(monkeypatch, "Linux", "aarch64")
    check = serving(checks(tmp_path))
    assert check.state == "warning"
    assert "--target flask" in check.fix


def test_every_framework_and_every_tool_that_is_needed_is_known() -> None:
    for framework in CATALOG.frameworks():
        needs = needs_of(framework.name)
        assert {"machines", "megabytes", "packages"} == needs.keys()
    known = {tool["name"] for tool in guidance.load(CATALOG).tools}
    for target in CATALOG.targets():
        assert set(needs_of(target.name).get("tools", [])) <= known


@pytest.mark.usefixtures("bare")
def test_a_framework_may_say_only_part_of_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs = """[[needs]]
says = "JX is installed as jx."
source = "https://example.org"
checked = "2026-12-01"
needs = { packages = ["jx"] }
"""
    write_layer(tmp_path, "frameworks/jx", 'title = "JX"', needs)
    (tmp_path / "frameworks/jx/exports/onnx").mkdir(parents=True)
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert "processor for Keras" in checks(tmp_path)
    assert "processor for JX" not in checks(tmp_path)
    assert needs_of("jx") == {"packages": ["jx"]}


# ---- inside a project ----------------------------------------------------------------


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cell = find_cell(CATALOG, "keras", "flask", None)
    answers = project.Answers(names.derive("Digits"), cell, "MIT")
    return project.generate(answers, tmp_path_factory.mktemp("generated"))


@pytest.fixture
def exported(generated: Path, tmp_path: Path) -> Path:
    """A generated project with artifacts that agree, as if it had been exported."""
    path = shutil.copytree(generated, tmp_path / "digits")
    artifacts = path / "artifacts"
    artifacts.mkdir()
    (artifacts / "model.onnx").write_bytes(b"a model")
    write_signature(path)
    tensors = {"inputs": {"image": []}, "outputs": {"probabilities": []}}
    (artifacts / "golden.json").write_text(json.dumps(tensors), "utf-8")
    return path


def write_signature(path: Path, **changes: Any) -> None:
    fields = {
        "artifact": "model.onnx",
        "format": "onnx",
        "framework": "keras",
        "framework_version": "3.15.1",
        "inputs": {"image": {}},
        "outputs": {"probabilities": {}},
        "sha256": digest(path / "artifacts/model.onnx"),
        **changes,
    }
    file = path / "artifacts" / "signature.json"
    file.write_text(json.dumps(fields), "utf-8")


def examined(path: Path) -> dict[str, Check]:
    found = project_checks(path, interpreters.find_pythons())
    return {check.name: check for check in found}


@pytest.mark.usefixtures("bare")
def test_a_project_whose_parts_agree_is_fine(exported: Path, dlscaffold: Run) -> None:
    found = examined(exported)
    assert {name: check.state for name, check in found.items()} == {
        "manifest": "fine",
        "Python": "fine",
        "environment": "warning",
        "signature": "fine",
        "artifact": "fine",
        "sources": "fine",
        "golden examples": "fine",
        "framework version": "warning",
    }
    result = dlscaffold("doctor", exported)
    assert result.exit_code == 0
    assert result.stdout.startswith("This project")


@pytest.mark.usefixtures("bare")
def test_a_project_that_was_never_exported_is_told_the_command(exported: Path) -> None:
    shutil.rmtree(exported / "artifacts")
    check = examined(exported)["signature"]
    assert check.state == "missing"
    where = shlex.quote(str(exported))
    assert check.fix == f"run: cd {where} && python -m digits.export"


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_in_the_project_the_command_takes_its_own_python(
    exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_program(interpreters.environment_python(exported), "exit 0")
    monkeypatch.chdir(exported)
    assert in_project(Path(), "-m", "digits.export") == (
        ".venv/bin/python -m digits.export"
    )


@pytest.mark.usefixtures("bare")
def test_no_command_to_copy_is_made_of_a_strange_package(exported: Path) -> None:
    manifest = json.loads((exported / ".dlscaffold.json").read_text("utf-8"))
    manifest["package"] = "digits; rm -rf /"
    (exported / ".dlscaffold.json").write_text(json.dumps(manifest), "utf-8")
    (check,) = examined(exported).values()
    assert check.state == "missing"
    assert "rm -rf" not in check.says + check.fix


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("path", "step"), [("models", "export"), ("digits/data.py", "train")]
)
def test_what_changed_after_the_export_is_named(
    exported: Path, path: str, step: str
) -> None:
    (exported / "models").mkdir()
    (exported / "models" / "weights").write_text("1", "utf-8")
    digests = {path: digest(exported / path), "gone": "0", "/etc/hostname": "0"}
    write_signature(exported, sources=digests)
    assert examined(exported)["sources"].state == "fine"
    changed = exported / path
    file = changed / "weights" if changed.is_dir() else changed
    file.write_text("2", "utf-8")
    check = examined(exported)["sources"]
    assert check.state == "missing"
    assert check.says == f"{path} changed after the export"
    assert check.fix.endswith(f" --from {step}")


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("changes", "name", "says"),
    [
        ({"artifact": "other.onnx"}, "artifact", "other.onnx is not there"),
        ({"artifact": "../pyproject.toml"}, "artifact", "outside artifacts/"),
        ({"artifact": "/etc/passwd"}, "artifact", "outside artifacts/"),
        ({"sha256": "0" * 64}, "artifact", "not the file that the signature names"),
        ({"framework": "pytorch"}, "signature", "the project's keras"),
        ({"format": "saved-model"}, "signature", "the project's onnx"),
        ({"inputs": {"sound": {}}}, "golden examples", "inputs are not those"),
        ({"outputs": {}}, "golden examples", "outputs are not those"),
        ({"artifact": 7}, "signature", "has no artifact, or not of the right type"),
        ({"artifact": "model\0.onnx"}, "signature", "has no artifact"),
        ({"artifact": "\x1b[31mred"}, "signature", "has no artifact"),
        ({"artifact": "m" * 5000}, "artifact", "cannot be read"),
        ({"artifact": ""}, "artifact", "is not the file"),
        ({"inputs": None}, "signature", "has no inputs"),
    ],
)
def test_what_does_not_agree_is_named(
    exported: Path, changes: dict[str, Any], name: str, says: str, dlscaffold: Run
) -> None:
    write_signature(exported, **changes)
    check = examined(exported)[name]
    assert check.state == "missing"
    assert says in check.says
    assert "digits.export" in check.fix
    assert dlscaffold("doctor", exported).exit_code == 1


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("content", ["", "nonsense", "[1]", "\x00", "[" * 100_000])
@pytest.mark.parametrize(
    ("file", "name"),
    [
        (".dlscaffold.json", "manifest"),
        ("artifacts/signature.json", "signature"),
        ("artifacts/golden.json", "golden examples"),
    ],
)
def test_broken_files_are_named_and_nothing_crashes(
    exported: Path, file: str, name: str, content: str
) -> None:
    (exported / file).write_text(content, "utf-8")
    assert examined(exported)[name].state == "missing"


@pytest.mark.usefixtures("bare")
def test_a_folder_as_an_artifact_is_read_file_by_file(exported: Path) -> None:
    folder = exported / "artifacts" / "saved_model"
    folder.mkdir()
    (folder / "part").write_bytes(b"1")
    write_signature(exported, artifact="saved_model", sha256=digest(folder))
    assert examined(exported)["artifact"].state == "fine"
    (folder / "part").write_bytes(b"2")
    assert examined(exported)["artifact"].state == "missing"


def declare(project: Path, requirements: list[str]) -> None:
    """Let the project need these to be trained, and its tests what trains."""
    extras = {"train": requirements, "dev": ["digits[train]"]}
    lines = [f"{extra} = {json.dumps(needs)}" for extra, needs in extras.items()]
    head = '[project]\nname = "digits"\ndependencies = []\n'
    text = "\n".join([head, "[project.optional-dependencies]", *lines])
    (project / "pyproject.toml").write_text(text, "utf-8")


@pytest.mark.usefixtures("bare")
@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a symbolic link")
def test_installed_versions_are_held_to_the_requirements(exported: Path) -> None:
    python = interpreters.environment_python(exported)
    as_program(python, f'exec {sys.executable} "$@"')
    declare(exported, ["click>=8", "never-heard-of==1.0; python_version < '3'"])
    assert examined(exported)["environment"].state == "fine"
    declare(exported, ["click==1.*", "not-there==2.*"])
    check = examined(exported)["environment"]
    assert check.state == "missing"
    assert check.says.startswith("click==1.* is wanted")
    assert "(and 1 more)" in check.says


@pytest.mark.usefixtures("bare")
@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
@pytest.mark.parametrize("script", ["exit 3", "echo nonsense", "echo '[]'"])
def test_an_environment_that_does_not_answer_is_missing(
    exported: Path, script: str
) -> None:
    as_program(interpreters.environment_python(exported), script)
    check = examined(exported)["environment"]
    assert check.state == "missing"
    assert check.fix == f"run: dlscaffold smoke {shlex.quote(str(exported))}"


@pytest.mark.parametrize(
    ("installed", "state"),
    [
        ({"keras": "3.15.1"}, "fine"),
        ({"keras": "3.14.0"}, "warning"),
        ({"torch": "3.15.1"}, "warning"),
    ],
)
def test_the_framework_installed_is_the_one_that_exported(
    installed: dict[str, str], state: str
) -> None:
    signature = {"framework": "keras", "framework_version": "3.15.1"}
    check = version(Path("digits"), signature, installed, "export again")
    assert check.state == state


def test_a_path_that_is_not_there_is_one_sentence(dlscaffold: Run) -> None:
    result = dlscaffold("doctor", "no/such/folder")
    assert result.exit_code == 1
    assert result.stderr == "Error: There is no folder no/such/folder: name one.\n"


def test_json_has_every_check_with_state_and_fix(dlscaffold: Run) -> None:
    said = json.loads(dlscaffold("doctor", "--json").stdout)
    assert said["project"] == []
    for check in said["machine"] + said["pairs"]:
        assert check.keys() == {"name", "state", "says", "fix"}
