"""Generating: whole or not at all, nothing of others touched, the same bytes."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import ADDED_CELLS, CATALOG, CELLS, files_below
from dlscaffold.errors import ScaffoldError, UsageError
from dlscaffold.project import names, placing
from dlscaffold.project import rendering as project
from dlscaffold.project.request import Request, resolve

NEW = [sys.executable, "-m", "dlscaffold", "new", "--yes", "Shop digits"]


def answers(name: str = "Shop digits") -> project.Answers:
    return project.Answers(names.derive(name), CELLS[0], "MIT")


def run(*command: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [str(word) for word in command],
        **{"capture_output": True, "text": True, "check": False, **options},
    )


def test_same_answers_same_bytes(tmp_path: Path) -> None:
    one = project.generate(answers(), tmp_path / "one")
    other = project.generate(answers(), tmp_path / "other")
    assert files_below(one) == files_below(other)


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / "shop-digits").mkdir()
    folder = project.generate(answers(), tmp_path)
    assert (folder / "README.md").is_file()


@pytest.mark.parametrize("kind", ["folder", "file", "link", "dangling link"])
def test_what_is_there_is_left_alone(tmp_path: Path, kind: str) -> None:
    destination = tmp_path / "shop-digits"
    if kind == "folder":
        destination.mkdir()
        (destination / "thesis.txt").write_text("mine")
    elif kind == "file":
        destination.write_text("mine")
    else:
        target = tmp_path / "elsewhere"
        if kind == "link":
            target.mkdir()
        destination.symlink_to(target)
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    with pytest.raises(ScaffoldError, match="already exists; choose another name"):
        project.generate(answers(), tmp_path)
    assert sorted(str(path) for path in tmp_path.rglob("*")) == before


@pytest.mark.parametrize("where", ["/proc/dlscaffold", "/dev/null/dlscaffold"])
@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's /proc and /dev")
def test_a_read_only_destination_is_one_sentence(where: str) -> None:
    done = run(*NEW, "-o", where)
    assert done.returncode == 1
    assert re_one_sentence(done.stderr, "choose another folder")


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX resource limits")
def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    """A limit on file sizes makes writes fail in the middle, as a full disk does."""
    script = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500));"
        "sys.dont_write_bytecode = True; from dlscaffold.cli import main; main()"
    )
    words = ["new", "--yes", "Shop digits", "-o", tmp_path / "out"]
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    environment = {**os.environ, "TMPDIR": str(temporary)}
    done = run(sys.executable, "-c", script, *words, env=environment)
    assert done.returncode == 1
    assert re_one_sentence(done.stderr, "set TMPDIR")
    assert not files_below(tmp_path)


def re_one_sentence(text: str, fix: str) -> bool:
    """Say whether this is one line that names the fix, and no traceback."""
    return text.startswith("Error: ") and text.count("\n") == 1 and fix in text


@pytest.mark.e2e
@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_killed_at_any_moment_it_leaves_nothing_or_all(
    tmp_path: Path, signal_: signal.Signals
) -> None:
    expected = set(answers_by_default().files)
    moments = random.Random(20261122)  # noqa: S311
    for attempt in range(8):
        output = tmp_path / str(attempt)
        child = subprocess.Popen(
            [*NEW, "-o", str(output)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(moments.uniform(0.05, 0.7))
        child.send_signal(signal_)
        child.wait(30)
        found = set(files_below(output))
        assert found in (set(), {f"shop-digits/{path}" for path in expected})


def answers_by_default() -> project.Answers:
    return resolve(Request("Shop digits"), CATALOG, yes=True)


def test_move_across_devices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placing, "_same_device", lambda *_: False)
    folder = project.generate(answers(), tmp_path)
    assert set(files_below(folder)) == set(answers().files)
    assert [path.name for path in tmp_path.iterdir()] == ["shop-digits"]


@pytest.mark.parametrize("inside", ["", "a/b"])
def test_a_copy_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    """A folder that was empty keeps its place; new ones above it go again."""

    def fail(*_: object) -> None:
        raise shutil.Error([("a", "b", "No space left on device")] * 9)

    monkeypatch.setattr(placing, "_same_device", lambda *_: False)
    monkeypatch.setattr(shutil, "copytree", fail)
    if not inside:
        (tmp_path / "shop-digits").mkdir(mode=0o750)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ScaffoldError) as caught:
        project.generate(answers(), tmp_path / inside)
    assert "(No space left on device); choose another" in caught.value.message
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_told_to_end_it_tidies_up(tmp_path: Path) -> None:
    """Also of what it has staged."""
    script = (
        "import os, signal; from dlscaffold.project import rendering as project\n"
        "project.move = lambda *_: os.kill(os.getpid(), signal.SIGTERM)\n"
        "from dlscaffold.cli import main; main()"
    )
    words = ["new", "--yes", "Shop digits", "-o", tmp_path / "out"]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    done = run(sys.executable, "-c", script, *words, env=environment)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_unwritable_home_and_hostile_configuration(tmp_path: Path) -> None:
    """Cookiecutter's own configuration and folders are neither read nor written."""
    configuration = tmp_path / "cookiecutterrc"
    configuration.write_text("default_context:\n  project_slug: stolen\n")
    environment = {
        **os.environ,
        "HOME": "/dev/null",
        "USERPROFILE": "/dev/null",
        "COOKIECUTTER_CONFIG": str(configuration),
    }
    done = run(*NEW, "-o", tmp_path / "out", env=environment)
    assert done.returncode == 0, done.stderr
    expected = project.generate(answers_by_default(), tmp_path / "plain")
    assert files_below(tmp_path / "out" / "shop-digits") == files_below(expected)


HOSTILE = [
    """Robert'); DROP TABLE "models";--""",
    "{{ 7 * 7 }}{% for a in b %}{# #}",
    "<script>alert(1)</script>",
    "a\\b $HOME `id` %PATH%",
    "été 数字 ​ 🙂 net",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(tmp_path: Path, name: str) -> None:
    """They stand in the README as typed, and break no file that a program reads."""
    folder = project.generate(answers(name), tmp_path)
    assert list(tmp_path.iterdir()) == [folder]
    assert (folder / "README.md").read_text("utf-8").startswith(f"# {name}\n")
    json.loads((folder / ".dlscaffold.json").read_text("utf-8"))
    description = toml_description(folder)
    assert description == name
    ruff = [sys.executable, "-m", "ruff", "check", "--no-cache", "."]
    assert run(*ruff, cwd=folder).returncode == 0


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(name=st.text(min_size=1, max_size=40))
def test_any_name_stays_in_the_output_directory(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    try:
        chosen = answers(name)
    except UsageError:
        return
    output = tmp_path_factory.mktemp("names") / "out"
    folder = project.generate(chosen, output)
    assert list(output.iterdir()) == [folder]
    assert set(files_below(folder)) == set(chosen.files)
    assert toml_description(folder) == chosen.names.project


def toml_description(folder: Path) -> str:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    settings_ = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
    return str(settings_["project"]["description"])


@pytest.mark.e2e
def test_eject_equals_new(tmp_path: Path) -> None:
    """Plain Cookiecutter gives the same bytes from each ejected template."""
    name = 'Müller\'s "deep" net'
    for cell in (*CELLS, *ADDED_CELLS):
        template = tmp_path / f"template-{cell.name}"
        project.eject(cell, "MIT", template)
        derived = names.derive(name)
        plain = tmp_path / f"plain-{cell.name}"
        done = run(
            Path(sys.executable).parent / "cookiecutter",
            "--no-input",
            "--default-config",
            "-o",
            plain,
            template,
            f"project_name={name}",
            env={**os.environ, "HOME": str(tmp_path)},
        )
        assert done.returncode == 0, done.stderr
        ours = project.generate(
            project.Answers(derived, cell, "MIT"), tmp_path / f"ours-{cell.name}"
        )
        assert files_below(plain / derived.slug) == files_below(ours)


@pytest.mark.parametrize(
    "answer", ["project_slug=../../evil", "package_name=class", "package_name=json"]
)
def test_the_ejected_template_refuses_bad_names(tmp_path: Path, answer: str) -> None:
    template = tmp_path / "template"
    project.eject(CELLS[0], "MIT", template)
    done = run(
        Path(sys.executable).parent / "cookiecutter",
        *("--no-input", "--default-config", "-o", tmp_path / "out" / "deep", template),
        answer,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert done.returncode != 0
    assert "error: p" in done.stderr
    assert not [
        path for path in tmp_path.rglob("README.md") if "template" not in str(path)
    ]


def test_eject_refuses_the_folder_that_one_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be replaced, and leave a shell nowhere."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScaffoldError, match="name a new one in it"):
        project.eject(answers().cell, "MIT", Path())


def test_eject_refuses_a_taken_folder(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ScaffoldError, match="already exists"):
        project.eject(CELLS[0], "MIT", tmp_path)
    assert list(files_below(tmp_path)) == ["mine.txt"]
